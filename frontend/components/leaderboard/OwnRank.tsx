import { Icon } from "@/components/art/Icon";
import { type LeaderboardEntry } from "@/lib/api";
import { ordinal } from "@/lib/results/ordinal";

/** Where I stand, or how to get a place. */
export function OwnRank({ me }: { me: LeaderboardEntry | null }) {
  return (
    <p className="own-rank mb-1.5 flex min-h-12 items-center gap-2.5 rounded-2xl px-3 py-1.5 font-bold" data-placed={me !== null}>
      <Icon name={me === null ? "bolt" : "trophy"} className="size-5" />
      {me === null ? (
        <span>Play a ranked duel to get a place.</span>
      ) : (
        <>
          <span className="flex-1">
            Your rank: <span className="tabular font-display text-lg font-semibold">{ordinal(me.rank)}</span>
          </span>
          <span className="tabular shrink-0">
            {me.points.toLocaleString("en")} {me.points === 1 ? "point" : "points"}
          </span>
        </>
      )}
    </p>
  );
}
