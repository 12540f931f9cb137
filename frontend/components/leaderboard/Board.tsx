import { type Leaderboard, type LeaderboardEntry } from "@/lib/api";
import { places } from "@/lib/results/places";
import { GapRow } from "./GapRow";
import { LeaderboardRow } from "./LeaderboardRow";

/** The top, and set apart from it who asks and the neighbours. */
export function Board({ board, playerId }: { board: Leaderboard; playerId: string }) {
  const { top, around, gap } = places(board);
  const rows = (entries: LeaderboardEntry[]) =>
    entries.map((entry) => <LeaderboardRow key={entry.player.id} entry={entry} own={entry.player.id === playerId} />);
  return (
    <table className="board-table">
      <caption className="sr-only">Most points {board.board === "all" ? "of all time" : "this week"}</caption>
      <colgroup>
        <col className="w-12" />
        <col />
        <col className="w-20 sm:w-24" />
      </colgroup>
      <thead>
        <tr className="text-xs font-bold text-bark">
          <th scope="col" className="pl-1.5 text-center">
            Rank
          </th>
          <th scope="col" className="px-2 text-left">
            Player
          </th>
          <th scope="col" className="pr-3 text-right">
            Points
          </th>
        </tr>
      </thead>
      <tbody>{rows(top)}</tbody>
      {around.length > 0 && (
        <tbody>
          {gap && <GapRow />}
          {rows(around)}
        </tbody>
      )}
    </table>
  );
}
