import { Avatar } from "@/components/art/Avatar";
import { type GameState, type Side } from "@/lib/game/state";
import { BonusRing } from "./BonusRing";

interface Props {
  side: Side;
  state: GameState;
  mine: boolean;
  bonus: boolean;
}

/** One player: who, how many, and whether it counts double just now. The opponent's is the mirror image. */
export function SidePlate({ side, state, mine, bonus }: Props) {
  return (
    <section
      aria-label={mine ? `You, ${side.name}` : side.name}
      className={`plate ${mine ? "team-me" : "team-them flex-row-reverse text-right"} ${bonus ? "plate-bonus" : ""}`}
    >
      <div className="relative shrink-0">
        <Avatar id={side.id} name={side.name} picture={side.picture} bot={side.bot !== null} className="size-12 max-[23rem]:size-9 lg:size-16" />
        {bonus && <BonusRing until={side.bonusUntil ?? 0} state={state} />}
      </div>
      <div className="min-w-0 flex-1">
        <p className="truncate text-sm font-bold lg:text-base">{side.name}</p>
        <div className={`flex items-center gap-2 ${mine ? "" : "flex-row-reverse"}`}>
          <p className="plate-score tabular">
            {side.score}
            <span className="sr-only"> points</span>
          </p>
          {bonus ? (
            <span className="pill anim-pop bg-honey px-2! text-cocoa max-[23rem]:px-1!">
              <span aria-hidden="true" className="font-display">
                ×2
              </span>
              <span className="max-sm:sr-only">double</span>
            </span>
          ) : (
            <span className={`pill px-1.5! py-0! text-xs! max-[23rem]:hidden ${mine ? "bg-[#cfe4ff] text-[#123a7a]" : "bg-[#ffd9da] text-[#7d1027]"}`}>
              {mine ? "you" : side.bot !== null ? "bot" : "rival"}
            </span>
          )}
        </div>
      </div>
    </section>
  );
}
