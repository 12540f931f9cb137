"use client";

import { type MouseEvent, useRef, useState } from "react";
import { Icon } from "@/components/art/Icon";
import { ParticleCanvas } from "@/components/particles/ParticleCanvas";
import { useParticles } from "@/components/particles/useParticles";
import { type Game } from "@/hooks/useGame";
import { type Side } from "@/lib/game/state";
import { BigCookie } from "./BigCookie";
import { CountdownOverlay } from "./CountdownOverlay";
import { ErrorPill } from "./ErrorPill";
import { GoldenCookie } from "./GoldenCookie";
import { HoldCard } from "./HoldCard";
import { holdWords } from "./holdWords";
import { Hud } from "./Hud";
import { press } from "./press";
import { QuitDialog } from "./QuitDialog";
import { TooFastPill } from "./TooFastPill";
import { useBonusActive } from "./useBonusActive";
import { useDuelParticles } from "./useDuelParticles";
import { useKeys } from "./useKeys";
import { useTooFast } from "./useTooFast";

interface Props {
  game: Game;
  me: Side;
  opponent: Side;
  seconds: number;
}

/** One for every eighth or so of the game: the cookie is eaten as the minute goes by. */
function bitesAfter(timeRemaining: number, seconds: number): number {
  return Math.min(4, Math.floor(((seconds - timeRemaining) / seconds) * 5));
}

/** Who pressed a control with the mouse goes on clicking with the space bar, and means the cookie. */
function releaseFocus(event: MouseEvent): void {
  if (event.detail > 0 && document.activeElement instanceof HTMLElement) document.activeElement.blur();
}

export function Duel({ game, me, opponent, seconds }: Props) {
  const { state } = game;
  const board = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLSpanElement>(null);
  const { canvas, engine } = useParticles();
  const [leaving, setLeaving] = useState(false);
  const mine = useBonusActive(me.bonusUntil, state);
  const theirs = useBonusActive(opponent.bonusUntil, state);
  // A pause too short to be shown changes nothing that can be seen.
  const still = holdWords(state)?.clicks === false;
  const playing = state.countdown === 0;
  const tooFast = useTooFast(state.tooFast);
  useDuelParticles(game, engine, board, body);

  const click = (at: { x: number; y: number } | null) => {
    if (game.click(at) && body.current !== null) press(body.current, at);
  };
  const quit = () => {
    setLeaving(false);
    game.quit();
  };
  useKeys({ onClick: () => click(null), onGolden: game.claimGolden, onQuit: () => setLeaving(true), asleep: leaving });

  return (
    <main className="duel" onClick={releaseFocus}>
      <h1 className="sr-only">
        Duel: {me.name} against {opponent.name}
      </h1>
      <Hud state={state} me={me} opponent={opponent} mine={mine} theirs={theirs} seconds={seconds} onQuit={() => setLeaving(true)} />
      <div ref={board} className="board">
        {state.practice !== null && (
          <p className="pill absolute top-1 left-1/2 -translate-x-1/2 bg-[#2a0f18e6] text-butter">
            <Icon name="bot" className="size-4" />
            Practice, {state.practice} bot, not ranked
          </p>
        )}
        <BigCookie
          body={body}
          bites={playing ? bitesAfter(state.timeRemaining, seconds) : 0}
          golden={mine}
          ready={playing && !still}
          onPress={click}
        />
        {playing && state.cookie !== null && (
          <GoldenCookie key={state.cookie.cookie} at={state.cookie} claiming={state.claiming} onClaim={game.claimGolden} />
        )}
        <CountdownOverlay state={state} opponent={opponent} seconds={seconds} />
        <TooFastPill shown={tooFast && state.shownHold === null && state.error === null} />
        <HoldCard state={state} />
        <ErrorPill error={state.shownHold === null ? state.error : null} />
      </div>
      <ParticleCanvas canvas={canvas} />
      <QuitDialog open={leaving} practice={state.practice !== null} onStay={() => setLeaving(false)} onQuit={quit} />
    </main>
  );
}
