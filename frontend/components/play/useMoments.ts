"use client";

import { useEffect } from "react";
import { play } from "@/components/sound/sound";
import { isLive } from "@/lib/game/core";
import { type GameState } from "@/lib/game/state";

const endings = { win: "win", loss: "loss", draw: "draw", void: "draw" } as const;

/** The sounds of a game, each at the change it belongs to. */
export function useMoments({ phase, roomId, countdown, timeRemaining, cookie, result, shownHold }: GameState): void {
  // So the end of a pause is heard, if the pause was seen.
  const live = isLive(phase) && shownHold !== "paused";
  const last = phase === "PLAYING" && timeRemaining <= 10 && timeRemaining > 0 ? timeRemaining : null;
  const gold = cookie?.cookie ?? null;
  const outcome = result?.outcome ?? null;

  useEffect(() => {
    if (roomId !== null) play("found");
  }, [roomId]);

  useEffect(() => {
    if (live) play(countdown > 0 ? "count" : "go");
  }, [live, countdown]);

  useEffect(() => {
    if (last !== null) play("tick");
  }, [last]);

  useEffect(() => {
    if (gold !== null) play("gold");
  }, [gold]);

  useEffect(() => {
    if (outcome !== null) play(endings[outcome]);
  }, [outcome]);
}
