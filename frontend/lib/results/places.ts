/** A leaderboard as it is shown: the top, and whoever asks with the neighbours if that is further down. */
import type { Leaderboard, LeaderboardEntry } from "@/lib/api";

export interface Places {
  top: LeaderboardEntry[];
  /** Below the top; empty when the top has the player, or nobody asks. */
  around: LeaderboardEntry[];
  /** Somebody stands between the two who is not shown. */
  gap: boolean;
}

export function places({ entries, me, around }: Leaderboard): Places {
  const top = new Set(entries.map(({ player }) => player.id));
  if (me === null || top.has(me.player.id)) return { top: entries, around: [], gap: false };
  const neighbours = around.length === 0 ? [me] : around;
  const below = neighbours.filter(({ player }) => !top.has(player.id));
  const last = entries.at(-1)?.rank ?? 0;
  return { top: entries, around: below, gap: (below[0]?.rank ?? 0) > last + 1 };
}
