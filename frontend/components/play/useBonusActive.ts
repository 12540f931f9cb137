"use client";

import { useEffect, useState } from "react";
import { clockRuns, gameTimeAt } from "@/lib/game/board";
import { type GameState } from "@/lib/game/state";

/** Whether a bonus is still on: the state keeps its end, and says nothing when that has passed. */
export function useBonusActive(until: number | null, state: GameState): boolean {
  const [past, setPast] = useState<number | null>(null);

  useEffect(() => {
    if (until === null || !clockRuns(state)) return;
    const left = until - gameTimeAt(state, performance.now());
    const timer = setTimeout(() => setPast(until), Math.max(0, left));
    return () => clearTimeout(timer);
  }, [until, state]);

  return until !== null && past !== until;
}
