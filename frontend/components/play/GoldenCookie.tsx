"use client";

import { useLayoutEffect, useRef } from "react";
import { Cookie } from "@/components/art/Cookie";
import { Icon } from "@/components/art/Icon";
import { type GoldenCookie as Golden } from "@/lib/game/state";

const twinkles = ["-top-3 left-1 size-7", "top-2 -right-4 size-9 delay-1", "-bottom-2 right-3 size-6 delay-3", "bottom-4 -left-4 size-8 delay-2"];

export function GoldenCookie({ at, claiming, onClaim }: { at: Golden; claiming: boolean; onClaim: () => void }) {
  const button = useRef<HTMLButtonElement>(null);

  // Through the CSSOM: the policy forbids style attributes.
  useLayoutEffect(() => {
    button.current?.style.setProperty("--x", `${at.x}%`);
    button.current?.style.setProperty("--y", `${at.y}%`);
  }, [at.x, at.y]);

  return (
    <div className="golden-layer z-20">
      <button
        ref={button}
        type="button"
        className="golden anim-pop"
        aria-label="Take the golden cookie (G)"
        onPointerDown={(e) => {
          if (e.button === 0) onClaim();
        }}
        onClick={(e) => {
          if (e.detail === 0) onClaim();
        }}
      >
        <span className="golden-glow" />
        <span className={`relative block size-full ${claiming ? "scale-90" : "anim-wobble"}`}>
          <Cookie kind="golden" className="size-full" />
          <span className="golden-shine" />
        </span>
        {twinkles.map((place) => (
          <Icon key={place} name="star" className={`twinkle still-visible text-[#fffbe0] ${place}`} />
        ))}
        <span className="absolute top-full left-1/2 mt-1.5 hidden -translate-x-1/2 rounded-lg bg-[#2a0f18] px-2 py-0.5 font-display text-sm font-semibold whitespace-nowrap text-butter pointer-fine:block">
          {claiming ? "…" : "G"}
        </span>
      </button>
    </div>
  );
}
