import { Avatar } from "@/components/art/Avatar";
import { Icon } from "@/components/art/Icon";
import { type Side } from "@/lib/game/state";

export function ResultSide({ side, clicks, mine, crowned }: { side: Side; clicks: number; mine: boolean; crowned: boolean }) {
  return (
    <div className="grid min-w-0 justify-items-center gap-1">
      <div className="relative">
        <Avatar id={side.id} name={side.name} picture={side.picture} bot={side.bot !== null} className="size-16" />
        {crowned && (
          <span className="absolute -top-3 -right-4 grid size-9 rotate-12 place-items-center rounded-full bg-honey text-cocoa shadow-[0_2px_0_#8a4616]">
            <Icon name="trophy" />
          </span>
        )}
      </div>
      <p className="mt-1 w-full truncate font-bold">{side.name}</p>
      <span className={`pill mb-1 px-2! py-0! text-xs! ${mine ? "bg-[#cfe4ff] text-[#123a7a]" : "bg-[#ffd9da] text-[#7d1027]"}`}>
        {mine ? "you" : side.bot !== null ? "bot" : "rival"}
      </span>
      <p className={`tabular font-display text-5xl leading-none font-bold ${mine ? "text-blue-deep" : "text-berry-deep"}`}>
        {side.score}
        <span className="sr-only"> points</span>
      </p>
      <p className="tabular text-sm font-bold text-bark">
        {clicks} {clicks === 1 ? "click" : "clicks"}
      </p>
    </div>
  );
}
