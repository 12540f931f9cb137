"use client";

import { useState } from "react";
import { Icon } from "@/components/art/Icon";
import { Spinner } from "@/components/ui/Spinner";
import { type Hold } from "@/lib/game/state";

/**
 * Says that the game stands still, over the board: plates and clock stay in sight. It lets clicks through,
 * for while we reconnect they count. Always there and faded in and out, so that nothing flashes; what is
 * said aloud is in `announce.ts`.
 */
export function HoldCard({ hold }: { hold: Hold | null }) {
  const [last, setLast] = useState<Hold>("paused");
  if (hold !== null && hold !== last) setLast(hold);
  const paused = last === "paused";

  return (
    <div className={`hold ${paused ? "hold-veiled" : ""}`} data-shown={hold !== null} aria-hidden="true">
      <div className={`card hold-card ${paused ? "hold-card-big" : ""}`}>
        {paused ? <Spinner className="size-16" /> : <Icon name="link" className="size-8 text-[#8a4616]" />}
        <div>
          <p className="font-display text-2xl font-semibold">{titles[last]}</p>
          <p className="font-semibold text-bark">{words[last]}</p>
        </div>
      </div>
    </div>
  );
}

const titles: Record<Hold, string> = { paused: "Paused", reconnecting: "Reconnecting…", offline: "You seem to be offline" };

const words: Record<Hold, string> = {
  paused: "Your game is moving, your clicks are safe. The clock stands still.",
  reconnecting: "Click on, your clicks are kept.",
  offline: "Your clicks are safe. We try again as soon as the network is back.",
};
