"use client";

import { Avatar } from "@/components/art/Avatar";
import { Cookie } from "@/components/art/Cookie";
import { SoundToggle } from "@/components/sound/SoundToggle";
import { type Game } from "@/hooks/useGame";
import { type Player } from "@/lib/api";
import { type GameState } from "@/lib/game/state";
import { kitchen } from "./kitchen";
import { PracticeOffer } from "./PracticeOffer";
import { useSecondsSince } from "./useSecondsSince";

interface Props {
  game: Game;
  player: Player;
  practiceAfter: number;
  onCancel: () => void;
}

export function Searching({ game, player, practiceAfter, onCancel }: Props) {
  const { state } = game;
  const elapsed = useSecondsSince(state.waitingSince);
  const alone = state.waiting <= 1 && state.practice === null && elapsed >= practiceAfter;
  const [headline, words] = state.shownHold === null ? situation(state, elapsed) : kitchen(state);

  return (
    <main className="grid min-h-dvh place-items-center px-5 pt-[calc(4.5rem+var(--safe-top))] pb-[calc(2.5rem+var(--safe-bottom))]">
      <div className="fixed top-[max(1rem,var(--safe-top))] right-4">
        <SoundToggle />
      </div>
      <div className="anim-rise grid w-full max-w-lg grid-cols-[minmax(0,1fr)] justify-items-center gap-6 text-center">
        <div className="flex items-center gap-3 sm:gap-5" aria-hidden="true">
          <Avatar id={player.id} name={player.name} picture={player.picture} className="size-20 sm:size-24" />
          <span className="anim-bob inline-block size-24 sm:size-28">
            <Cookie bites={1} className="size-full" />
          </span>
          <span className="anim-pulse grid size-20 place-items-center rounded-[30%] border-3 border-dashed border-butter/60 font-display text-4xl font-semibold text-butter sm:size-24">
            ?
          </span>
        </div>
        <div>
          <h1 className="text-3xl font-semibold text-balance text-cream sm:text-4xl">{headline}</h1>
          <p className="tabular mt-2 text-lg font-semibold text-balance text-butter">{words}</p>
        </div>
        {state.error !== null && (
          <p role="status" className="rounded-2xl bg-[#2a0f18cc] px-4 py-2 font-bold text-butter">
            {state.error}
          </p>
        )}
        {alone && <PracticeOffer onPick={game.practice} />}
        <button type="button" className="btn btn-plain" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </main>
  );
}

function situation({ link, waitingSince, waiting, practice }: GameState, elapsed: number): [string, string] {
  if (practice !== null) return ["Waking the bot", "Just a moment…"];
  const who = waiting <= 1 ? "only you in the queue" : `${waiting} in the queue`;
  const words = waitingSince === null ? "Just a moment…" : `${elapsed} s · ${who}`;
  if (link === "open") return ["Finding an opponent", words];
  return [link === "reconnecting" ? "Reconnecting" : "Opening the door", words];
}
