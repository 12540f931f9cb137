import { type GameState, type Side } from "@/lib/game/state";

/** 5, 4, 3, 2, 1, GO. Lets clicks through: the first one after GO must not get lost. */
export function CountdownOverlay({ state, opponent, seconds }: { state: GameState; opponent: Side; seconds: number }) {
  const counting = state.countdown > 0;
  const go = !counting && state.timeRemaining >= seconds;
  if (state.shownHold === "paused" || (!counting && !go)) return null;
  return (
    <div aria-hidden="true" className="pointer-events-none absolute inset-0 z-20 grid place-items-center overflow-hidden">
      {counting ? (
        <div className="grid justify-items-center gap-3 text-center">
          <p className="anim-rise rounded-full bg-[#2a0f18e6] px-5 py-2 font-display text-lg font-medium text-butter">
            {state.practice === null ? "You're up against" : "Practice with"} <span className="font-semibold text-white">{opponent.name}</span>
          </p>
          <span key={state.countdown} className="stroked anim-count text-[clamp(8rem,34vmin,15rem)]">
            {state.countdown}
          </span>
          <p className="rounded-full bg-[#2a0f18e6] px-4 py-1.5 font-semibold text-butter">
            <span className="pointer-fine:hidden">Get your thumbs ready</span>
            <span className="hidden pointer-fine:inline">Mouse or space bar, as fast as you can</span>
          </p>
        </div>
      ) : (
        <span className="stroked anim-count text-[clamp(8rem,38vmin,17rem)]">GO!</span>
      )}
    </div>
  );
}
