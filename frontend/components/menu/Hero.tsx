"use client";

import { useRef } from "react";
import { Cookie } from "@/components/art/Cookie";
import { crumbs } from "@/components/particles/bursts";
import { ParticleCanvas } from "@/components/particles/ParticleCanvas";
import { useParticles } from "@/components/particles/useParticles";
import { press } from "@/components/play/press";
import { play, wakeSound } from "@/components/sound/sound";

/** The cookie in the window. It may be squeezed: that is the whole tutorial. */
export function Hero({ className }: { className?: string }) {
  const body = useRef<HTMLSpanElement>(null);
  const { canvas, engine } = useParticles();

  const squeeze = (x: number, y: number, middle: boolean) => {
    wakeSound();
    play("crunch");
    const box = body.current?.getBoundingClientRect();
    if (body.current !== null) press(body.current, middle ? null : { x, y });
    if (engine.current === null || box === undefined) return;
    crumbs(engine.current, middle ? box.x + box.width / 2 : x, middle ? box.y + box.height / 2 : y, 8);
  };

  return (
    <div className={`relative ${className ?? ""}`}>
      <div className="sunburst -inset-[32%]! w-auto!" />
      <div className="cookie-seat w-full!">
        <button
          type="button"
          className="cookie-button"
          aria-label="Squeeze the cookie"
          onPointerDown={(e) => squeeze(e.clientX, e.clientY, false)}
          onClick={(e) => e.detail === 0 && squeeze(0, 0, true)}
        >
          <span className="anim-bob block size-full">
            <span ref={body} className="cookie-body">
              <Cookie bites={1} className="size-full" />
            </span>
          </span>
        </button>
      </div>
      <ParticleCanvas canvas={canvas} />
    </div>
  );
}
