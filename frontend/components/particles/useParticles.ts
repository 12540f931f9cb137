"use client";

import { type RefObject, useEffect, useRef } from "react";
import { ParticleEngine } from "./engine";

export function wantsStillness(): boolean {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** An engine for a canvas that covers the page. Null on the server, before mount, and for who wants stillness. */
export function useParticles(): { canvas: RefObject<HTMLCanvasElement | null>; engine: RefObject<ParticleEngine | null> } {
  const canvas = useRef<HTMLCanvasElement | null>(null);
  const engine = useRef<ParticleEngine | null>(null);

  useEffect(() => {
    if (canvas.current === null || wantsStillness()) return;
    const made = new ParticleEngine(canvas.current);
    engine.current = made;
    const resize = () => made.resize();
    window.addEventListener("resize", resize);
    return () => {
      window.removeEventListener("resize", resize);
      made.stop();
      engine.current = null;
    };
  }, []);

  return { canvas, engine };
}
