import { Avatar } from "@/components/art/Avatar";
import { Icon, type IconName } from "@/components/art/Icon";
import { type HistoryGame } from "@/lib/api";
import { ago } from "./ago";

const results: Record<HistoryGame["result"], { word: string; icon: IconName; look: string }> = {
  win: { word: "Win", icon: "trophy", look: "bg-[#d5efd9] text-mint-deep" },
  loss: { word: "Loss", icon: "crumbs", look: "bg-[#fbdcdc] text-berry-deep" },
  draw: { word: "Draw", icon: "equal", look: "bg-[#dbe7fb] text-blue-deep" },
  void: { word: "Void", icon: "none", look: "bg-[#e8dccb] text-[#5c4433]" },
};

/** Why it ended, in the words of who reads it. */
function because(game: HistoryGame): string {
  switch (game.reason) {
    case "quit":
      return game.result === "win" ? "they quit" : "you quit";
    case "opponent_disconnected":
      return game.result === "win" ? "they dropped out" : "you dropped out";
    case "void":
      return "called off";
    default:
      return "full time";
  }
}

export function HistoryRow({ game }: { game: HistoryGame }) {
  const result = results[game.result];
  const bot = game.practice !== null;
  return (
    <li className="flex items-center gap-3 rounded-2xl bg-white/70 p-2.5 shadow-[0_0_0_1px_#e3c79799]">
      <Avatar id={game.opponent.id} name={game.opponent.name} picture={game.opponent.picture} bot={bot} className="size-11" />
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-2">
          <span className="truncate font-bold">
            <span className="sr-only">against </span>
            {game.opponent.name}
          </span>
          {bot && <span className="pill bg-oat text-[#5c4433]">practice</span>}
        </p>
        <p className="truncate text-sm font-semibold text-bark">
          {because(game)} · <time dateTime={game.endedAt}>{ago(game.endedAt)}</time>
        </p>
      </div>
      <div className="grid justify-items-end gap-1">
        <span className={`pill ${result.look}`}>
          <Icon name={result.icon} className="size-4" />
          {result.word}
        </span>
        <span className="tabular font-display font-semibold">
          {game.points}
          <span className="sr-only"> to </span>
          <span aria-hidden="true"> : </span>
          {game.opponentPoints}
        </span>
      </div>
    </li>
  );
}
