/** A game that has just ended, as the history will tell of it. */
import type { HistoryGame } from "@/lib/api";
import type { GameState } from "@/lib/game/state";

/** Null while no game is over. When it ended is a guess until the server has said so. */
export function fromGame(state: GameState, now: number): HistoryGame | null {
  const { result, me, opponent, roomId } = state;
  if (result === null || me === null || opponent === null || roomId === null) return null;
  return {
    gameId: roomId,
    game: "cookie",
    endedAt: new Date(now).toISOString(),
    result: result.outcome,
    reason: result.reason,
    points: me.score,
    opponentPoints: opponent.score,
    clicks: result.myClicks,
    opponentClicks: result.theirClicks,
    practice: state.practice,
    opponent: { id: opponent.id, name: opponent.name, picture: opponent.picture },
  };
}
