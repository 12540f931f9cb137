"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { useRestored } from "@/components/ui/useRestored";
import { Warming } from "@/components/ui/Warming";
import { useGame } from "@/hooks/useGame";
import { type Player } from "@/lib/api";
import { fromGame } from "@/lib/results/fromGame";
import { lastGame } from "@/lib/results/lastGame";
import { announce } from "./announce";
import { Duel } from "./Duel";
import { takeIntent } from "./intent";
import { endings, LinkNotice } from "./LinkNotice";
import { type Numbers } from "./numbers";
import { ResultScreen } from "./ResultScreen";
import { Searching } from "./Searching";
import { useMoments } from "./useMoments";
import { useResumed } from "./useResumed";

/** How long after the greeting a game that is still on, or its result, has to show itself. */
const RETURN_MS = 400;

export function GameTable({ player, numbers }: { player: Player; numbers: Numbers }) {
  const game = useGame();
  const router = useRouter();
  const { state, join } = game;
  const resumed = useResumed(state.shownHold !== null);
  // On a slow line the menu takes its time: whoever is on the way to it has not come here to play.
  const [leaving, setLeaving] = useState(false);
  useRestored(() => setLeaving(false));
  useMoments(state);

  useEffect(() => {
    if (takeIntent()) join();
    // Only on arrival: later joins are the player's own doing.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  useEffect(() => {
    const game = fromGame(state, Date.now());
    if (game !== null) lastGame.over(player.id, game);
  }, [state, player.id]);

  const idle = !leaving && state.phase === "IDLE" && state.link === "open" && state.playerId !== null;
  useEffect(() => {
    if (!idle) return;
    const timer = setTimeout(join, RETURN_MS);
    return () => clearTimeout(timer);
  }, [idle, join]);

  const menu = () => {
    setLeaving(true);
    if (state.phase === "MATCHMAKING") game.leave();
    if (state.phase === "FINISHED") game.backToMenu();
    router.push("/");
  };

  const waiting = state.phase === "IDLE" || state.phase === "MATCHMAKING";

  return (
    <>
      <p className="sr-only" aria-live="polite">
        {announce(state, numbers.seconds, resumed)}
      </p>
      {endings.has(state.link) ? (
        <LinkNotice game={game} />
      ) : state.phase === "FINISHED" ? (
        <ResultScreen game={game} onMenu={menu} />
      ) : leaving && waiting ? (
        <Warming />
      ) : waiting || state.me === null || state.opponent === null ? (
        <Searching game={game} player={player} practiceAfter={numbers.practiceAfter} onCancel={menu} />
      ) : (
        <Duel game={game} me={state.me} opponent={state.opponent} seconds={numbers.seconds} />
      )}
    </>
  );
}
