import Link from "next/link";
import { Who } from "@/components/account/Who";
import { Icon } from "@/components/art/Icon";
import { type Me, type Totals } from "@/lib/api";

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
export function PlayerCard({ me: { player, totals } }: { me: Me }) {
  return (
    <section className="card p-5" aria-label="You">
      <div className="flex items-center gap-3">
        <Who player={player} />
        <Link
          href="/account/"
          className="flex min-h-12 flex-col items-center justify-center rounded-xl px-1.5 text-xs font-bold text-bark hover:bg-oat sm:flex-row sm:gap-1.5 sm:px-2.5 sm:text-sm"
        >
          <Icon name="person" className="size-5" />
          Account
        </Link>
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
