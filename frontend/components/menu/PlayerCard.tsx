"use client";

import { useState } from "react";
import { Avatar } from "@/components/art/Avatar";
import { Icon } from "@/components/art/Icon";
import { type Me, signOut, type Totals } from "@/lib/api";

/** A dash where the results cannot be reached, or there is nothing to divide. */
function numbersOf(totals: Totals | null): ReadonlyArray<readonly [value: string, word: string]> {
  const { points, games, wins } = totals ?? { points: null, games: null, wins: null };
  const shown = (n: number | null) => n?.toLocaleString("en") ?? "–";
  const rate = games === null || games === 0 ? "–" : `${Math.round((wins / games) * 100)}%`;
  return [
    [shown(points), "points"],
    [shown(games), games === 1 ? "duel" : "duels"],
    [shown(wins), wins === 1 ? "win" : "wins"],
    [rate, "won"],
  ];
}

/** Who is signed in, and what it came to so far. */
export function PlayerCard({ me, onSignedOut }: { me: Me; onSignedOut: () => void }) {
  const [leaving, setLeaving] = useState(false);
  const { player, totals } = me;

  const leave = async () => {
    setLeaving(true);
    try {
      await signOut();
      onSignedOut();
    } catch {
      setLeaving(false);
    }
  };

  return (
    <section className="card p-5" aria-label="You">
      <div className="flex items-center gap-3">
        <Avatar id={player.id} name={player.name} picture={player.picture} className="size-14" />
        <div className="min-w-0 flex-1">
          <p className="truncate font-display text-xl font-semibold">{player.name}</p>
          <p className="text-sm font-bold text-bark">{player.provider === "guest" ? "Playing as a guest" : "Signed in"}</p>
        </div>
        <button
          type="button"
          className="flex min-h-11 items-center gap-1.5 rounded-xl px-2.5 text-sm font-bold text-bark hover:bg-oat"
          onClick={leave}
          disabled={leaving}
        >
          <Icon name="door" className="size-5" />
          Sign out
        </button>
      </div>
      <dl className="mt-4 grid grid-cols-4 gap-2 text-center">
        {numbersOf(totals).map(([value, word]) => (
          <div key={word} className="flex flex-col-reverse rounded-2xl bg-oat/70 px-1 py-2.5">
            <dt className="text-xs font-bold text-bark">{word}</dt>
            <dd className="tabular font-display text-xl font-semibold">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
