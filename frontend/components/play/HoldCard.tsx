"use client";

import { useState } from "react";
import { Icon } from "@/components/art/Icon";
import { Spinner } from "@/components/ui/Spinner";
import { type GameState } from "@/lib/game/state";
import { type HoldWords, holdWords } from "./holdWords";

/**
 * Says that the game stands still, over the board: plates and clock stay in sight. It lets clicks through,
 * for while we reconnect they count. Always there and faded in and out, so that nothing flashes; what is
 * said aloud is in `announce.ts`.
 */
export function HoldCard({ state }: { state: GameState }) {
  const words = holdWords(state);
  const [last, setLast] = useState<HoldWords | null>(null);
  if (words !== null && words !== last) setLast(words);
  const veiled = last?.clicks === false;

  return (
    <div className={`hold ${veiled ? "hold-veiled" : ""}`} data-shown={words !== null} aria-hidden="true">
      <div className={`card hold-card ${veiled ? "hold-card-big" : ""}`}>
        {veiled ? <Spinner className="size-16" /> : <Icon name="link" className="size-8 text-[#8a4616]" />}
        <div>
          <p className="font-display text-2xl font-semibold">{last?.title}</p>
          <p className={`font-semibold text-bark ${veiled ? "" : "text-balance"}`}>{last?.words}</p>
        </div>
      </div>
    </div>
  );
}
