"use client";

import { useEffect } from "react";
import { ParticleCanvas } from "@/components/particles/ParticleCanvas";
import { confetti } from "@/components/particles/bursts";
import { useParticles } from "@/components/particles/useParticles";
import { SoundToggle } from "@/components/sound/SoundToggle";
import { type Game } from "@/hooks/useGame";
import { type GameState } from "@/lib/game/state";
import { ResultSide } from "./ResultSide";
import { SavedLine } from "./SavedLine";
import { headline, reason } from "./verdict";

export function ResultScreen({ game, onMenu }: { game: Game; onMenu: () => void }) {
  const { state } = game;
  const { canvas, engine } = useParticles();
  const won = state.result?.outcome === "win";

  useEffect(() => {
    if (won && engine.current !== null) confetti(engine.current, window.innerWidth, window.innerHeight);
  }, [won, engine]);

  if (state.result === null || state.me === null || state.opponent === null) return null;
  const { outcome, myClicks, theirClicks } = state.result;
  const again = () => (state.practice === null ? game.join() : game.practice(state.practice));

  return (
    <main className="relative grid min-h-dvh place-items-center overflow-hidden px-5 pt-[max(1.25rem,var(--safe-top))] pb-[max(1.25rem,var(--safe-bottom))]">
      {won && <div className="sunburst sunburst-gold" />}
      <div className="fixed top-[max(1rem,var(--safe-top))] right-4 z-10">
        <SoundToggle />
      </div>
      <div className="relative grid w-full max-w-xl gap-6 text-center">
        <div className="anim-pop">
          <h1 className="title text-[clamp(3.4rem,16vw,6rem)]">{headline(state.result, state.me.score, state.opponent.score)}</h1>
          <p className="mt-4 text-lg font-semibold text-balance text-butter">{reason(state.result, state.opponent.name)}</p>
        </div>
        <section aria-label="The score" className="card anim-rise delay-1 p-5">
          <Badge state={state} />
          <div className="grid grid-cols-[1fr_auto_1fr] items-center gap-3">
            <ResultSide side={state.me} clicks={myClicks} mine crowned={won} />
            <span aria-hidden="true" className="font-display text-2xl font-semibold text-bark">
              :
            </span>
            <ResultSide side={state.opponent} clicks={theirClicks} mine={false} crowned={outcome === "loss"} />
          </div>
          {state.roomId !== null && <SavedLine playerId={state.me.id} gameId={state.roomId} />}
        </section>
        <div className="anim-rise delay-2 grid gap-4 sm:grid-cols-[1fr_auto]">
          <button type="button" className="btn btn-big" onClick={again}>
            {state.practice === null ? "Next duel" : "Rematch"}
          </button>
          <button type="button" className="btn btn-plain" onClick={onMenu}>
            Menu
          </button>
        </div>
      </div>
      <ParticleCanvas canvas={canvas} />
    </main>
  );
}

function Badge({ state }: { state: GameState }) {
  if (state.practice === null) return null;
  return (
    <p className="mb-3">
      <span className="pill bg-oat text-[#5c4433]">practice, {state.practice} bot, not ranked</span>
    </p>
  );
}
