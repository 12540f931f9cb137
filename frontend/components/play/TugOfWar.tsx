"use client";

import { useLayoutEffect, useRef } from "react";
import { Cookie } from "@/components/art/Cookie";

/** A head start for both, so that the first click is a nudge and not a landslide. */
const HEAD_START = 8;

export function TugOfWar({ mine, theirs }: { mine: number; theirs: number }) {
  const bar = useRef<HTMLDivElement>(null);
  const split = (mine + HEAD_START) / (mine + theirs + 2 * HEAD_START);

  useLayoutEffect(() => {
    bar.current?.style.setProperty("--split", split.toFixed(4));
  }, [split]);

  // The scores say the same in words.
  return (
    <div ref={bar} className="tug" aria-hidden="true">
      <div className="tug-track">
        <div className="tug-me" />
      </div>
      <div className="tug-knob">
        <Cookie className="absolute top-1/2 left-1/2 size-10 -translate-1/2 drop-shadow-[0_2px_2px_#000a]" />
      </div>
    </div>
  );
}
