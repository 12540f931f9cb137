"use client";

import { useEffect, useSyncExternalStore } from "react";
import { lastGame, type LastGame } from "@/lib/results/lastGame";

const none = () => null;

/** The player's game that ended last on this page, and how far the results are with it. */
export function useLastGame(playerId: string | null): LastGame | null {
  const last = useSyncExternalStore(lastGame.subscribe, lastGame.current, none);
  return last?.playerId === playerId ? last : null;
}

/** Calls `refresh` whenever there is news of that game: what was fetched before does not have it. */
export function useNewResult(refresh: () => void): void {
  useEffect(() => lastGame.subscribe(refresh), [refresh]);
}
