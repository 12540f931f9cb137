import { Avatar } from "@/components/art/Avatar";
import { Icon, type IconName } from "@/components/art/Icon";
import { type HistoryGame } from "@/lib/api";
import { type Progress } from "@/lib/results/lastGame";
import { because } from "./words";
import { When } from "./When";

const results: Record<HistoryGame["result"], { word: string; icon: IconName; look: string }> = {
  win: { word: "Win", icon: "trophy", look: "bg-[#d5efd9] text-mint-deep" },
  loss: { word: "Loss", icon: "crumbs", look: "bg-[#fbdcdc] text-berry-deep" },
  draw: { word: "Draw", icon: "equal", look: "bg-[#dbe7fb] text-blue-deep" },
  void: { word: "Void", icon: "none", look: "bg-[#e8dccb] text-[#5c4433]" },
};

const waiting: Record<Exclude<Progress, "saved">, string> = {
  saving: "Saving the result…",
  late: "Safe, and saved soon",
};

/** One duel. `progress` = this page has seen it end, and the results do not have it yet. */
export function HistoryRow({ game, progress = "saved" }: { game: HistoryGame; progress?: Progress }) {
  const result = results[game.result];
  const bot = game.practice !== null;
  const why = because(game);
  return (
    <li className="flex min-h-20 items-center gap-3 rounded-2xl bg-white/70 px-2.5 py-2 shadow-[0_0_0_1px_#e3c79799] sm:min-h-18">
      <Avatar id={game.opponent.id} name={game.opponent.name} picture={game.opponent.picture} bot={bot} className="size-11" />
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-2">
          <span className="truncate font-bold" title={game.opponent.name}>
            <span className="sr-only">against </span>
            {game.opponent.name}
          </span>
          {bot && <span className="pill bg-oat text-[#5c4433]">practice, {game.practice}</span>}
        </p>
        {progress === "saved" ? (
          <p className="text-sm leading-snug font-semibold text-bark">
            {why !== "" && (
              <>
                <span className="block sm:inline">{why}</span>
                <span aria-hidden="true" className="hidden sm:inline">
                  {" · "}
                </span>
              </>
            )}
            <When at={game.endedAt} />
          </p>
        ) : (
          <p className="text-sm leading-snug font-bold text-blue-deep">{waiting[progress]}</p>
        )}
      </div>
      <div className="grid shrink-0 justify-items-end gap-1">
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
