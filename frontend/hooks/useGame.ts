"use client";

/**
 * The game, for React: the state as it is now, and everything a player can do. All of it lives in
 * `lib/game/client.ts`; while a component that uses this is on the page, the connection is held.
 */
import { useEffect, useMemo, useSyncExternalStore } from "react";
import type { GameClient } from "@/lib/game/client";
import { initialState, type GameState, type Particle, type Point, type Strength } from "@/lib/game/state";
import { hold, sharedClient } from "@/lib/sharedClient";

export interface Game {
  state: GameState;
  join(): void;
  leave(): void;
  /** Against a bot of the server's; also out of the queue. */
  practice(strength: Strength): void;
  /** False = not taken: not playing, paused, or 40 clicks unacknowledged. */
  click(at: Point | null): boolean;
  claimGolden(): void;
  quit(): void;
  backToMenu(): void;
  /** Connects again after `replaced`, `expired`, `refused` or `offline`. */
  playHere(): void;
  onParticle(listener: (particle: Particle) => void): () => void;
}

type Actions = Omit<Game, "state">;

function actionsOf(client: GameClient): Actions {
  const { join, leave, practice, click, claimGolden, quit, backToMenu, playHere, onParticle } = client;
  return { join, leave, practice, click, claimGolden, quit, backToMenu, playHere, onParticle };
}

/** The exported pages are rendered without a player. */
const beforeHydration = () => initialState;

export function useGame(): Game {
  const client = sharedClient();
  const state = useSyncExternalStore(client.subscribe, client.state, beforeHydration);
  useEffect(hold, []);
  return useMemo(() => ({ state, ...actionsOf(client) }), [client, state]);
}
