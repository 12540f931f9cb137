import { type RefObject } from "react";

export function ParticleCanvas({ canvas }: { canvas: RefObject<HTMLCanvasElement | null> }) {
  return <canvas ref={canvas} aria-hidden="true" className="pointer-events-none fixed inset-0 z-40 size-full" />;
}
