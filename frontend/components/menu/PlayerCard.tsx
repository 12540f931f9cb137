"use client";

import { useState } from "react";
import { Avatar } from "@/components/art/Avatar";
import { Icon } from "@/components/art/Icon";
import { type Me, signOut } from "@/lib/api";

/** Who is signed in, and what it came to so far. */
export function PlayerCard({ me, onSignedOut }: { me: Me; onSignedOut: () => void }) {
  const [leaving, setLeaving] = useState(false);
  const { player, totals } = me;
  const rate = totals.games === 0 ? "–" : `${Math.round((totals.wins / totals.games) * 100)}%`;
  const numbers: ReadonlyArray<readonly [string, string]> = [
    [totals.points.toLocaleString("en"), "points"],
    [totals.games.toLocaleString("en"), totals.games === 1 ? "duel" : "duels"],
    [totals.wins.toLocaleString("en"), totals.wins === 1 ? "win" : "wins"],
    [rate, "won"],
  ];

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
        {numbers.map(([value, word]) => (
          <div key={word} className="flex flex-col-reverse rounded-2xl bg-oat/70 px-1 py-2.5">
            <dt className="text-xs font-bold text-bark">{word}</dt>
            <dd className="tabular font-display text-xl font-semibold">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
