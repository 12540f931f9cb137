"use client";

import { useEffect, useRef } from "react";
import { gameTimeAt } from "@/lib/game/board";
import { type GameState } from "@/lib/game/state";

/** Five seconds, as the rules have it; only the look of the ring depends on it. */
const LONG_MS = 5000;

/** What is left of the bonus, around the avatar. Drawn per frame from game time, so it stands still with the clock. */
export function BonusRing({ until, state }: { until: number; state: GameState }) {
  const ring = useRef<SVGRectElement>(null);

  useEffect(() => {
    let frame = 0;
    const draw = () => {
      const left = Math.max(0, Math.min(1, (until - gameTimeAt(state, performance.now())) / LONG_MS));
      ring.current?.setAttribute("stroke-dashoffset", (1 - left).toFixed(3));
      frame = requestAnimationFrame(draw);
    };
    draw();
    return () => cancelAnimationFrame(frame);
  }, [until, state]);

  return (
    <svg viewBox="0 0 64 64" className="absolute -inset-1.5" aria-hidden="true" focusable="false">
      <rect x="3" y="3" width="58" height="58" rx="19" fill="none" stroke="#2a0f18" strokeWidth="6" />
      <rect
        ref={ring}
        x="3"
        y="3"
        width="58"
        height="58"
        rx="19"
        fill="none"
        stroke="#ffd24a"
        strokeWidth="5"
        strokeLinecap="round"
        pathLength={1}
        strokeDasharray="1 1"
      />
    </svg>
  );
}
