import { Avatar } from "@/components/art/Avatar";
import { type LeaderboardEntry } from "@/lib/api";

const medals: Record<number, string> = {
  1: "bg-linear-to-b from-[#ffe08a] to-[#f2ac2b] text-cocoa",
  2: "bg-linear-to-b from-[#f0f0f2] to-[#c3c6cd] text-cocoa",
  3: "bg-linear-to-b from-[#f3c4a0] to-[#d18a56] text-cocoa",
};

export function LeaderboardRow({ entry, own }: { entry: LeaderboardEntry; own: boolean }) {
  return (
    <li
      className={`flex items-center gap-3 rounded-2xl px-2.5 py-1.5 ${own ? "bg-[#dbe9ff] shadow-[0_0_0_2px_#1c55b8]" : "bg-white/70 shadow-[0_0_0_1px_#e3c79799]"}`}
    >
      <span className={`tabular grid size-8 shrink-0 place-items-center rounded-full font-display text-sm font-semibold ${medals[entry.rank] ?? "text-bark"}`}>
        <span className="sr-only">Rank </span>
        {entry.rank}
      </span>
      <Avatar id={entry.player.id} name={entry.player.name} picture={entry.player.picture} className="size-9" />
      <p className="min-w-0 flex-1">
        <span className="flex items-center gap-1.5">
          <span className="truncate font-bold">{entry.player.name}</span>
          {own && <span className="pill bg-blue-deep text-white">you</span>}
        </span>
        <span className={`block text-xs font-bold ${own ? "text-[#3a4a6b]" : "text-bark"}`}>
          {entry.wins} of {entry.games} won
        </span>
      </p>
      <p className="tabular text-right font-display text-lg leading-tight font-semibold">
        {entry.points.toLocaleString("en")}
        <span className="block text-xs font-medium">points</span>
      </p>
    </li>
  );
}
