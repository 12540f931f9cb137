import { Avatar } from "@/components/art/Avatar";
import { type LeaderboardEntry } from "@/lib/api";

const medals: Record<number, string> = {
  1: "bg-linear-to-b from-[#ffe08a] to-[#f2ac2b] text-cocoa",
  2: "bg-linear-to-b from-[#f0f0f2] to-[#c3c6cd] text-cocoa",
  3: "bg-linear-to-b from-[#f3c4a0] to-[#d18a56] text-cocoa",
};

/** Ranks of four digits and more need more room than a medal has. */
function sizeOf(rank: number): string {
  return rank < 1000 ? "text-sm" : "text-xs";
}

export function LeaderboardRow({ entry, own }: { entry: LeaderboardEntry; own: boolean }) {
  const { rank, player, wins, games, points } = entry;
  return (
    <tr className="board-row" data-own={own}>
      <td className="pl-1.5 text-center">
        <span
          className={`tabular inline-grid h-8 min-w-8 place-items-center rounded-full px-1 font-display font-semibold ${sizeOf(rank)} ${medals[rank] ?? (own ? "text-[#3a4a6b]" : "text-bark")}`}
        >
          {rank}
        </span>
      </td>
      <th scope="row" className="px-2 text-left font-normal">
        <span className="flex items-center gap-2.5">
          <Avatar id={player.id} name={player.name} picture={player.picture} className="size-9" />
          <span className="min-w-0">
            <span className="block truncate font-bold" title={player.name}>
              {player.name}
            </span>
            <span className={`flex items-center gap-1.5 text-xs font-bold ${own ? "text-[#3a4a6b]" : "text-bark"}`}>
              {own && <span className="pill bg-blue-deep px-2! py-0! text-xs! text-white">you</span>}
              {wins.toLocaleString("en")} of {games.toLocaleString("en")} won
            </span>
          </span>
        </span>
      </th>
      <td className="tabular pr-3 text-right font-display text-lg leading-tight font-semibold">{points.toLocaleString("en")}</td>
    </tr>
  );
}
