import { isLive } from "@/lib/game/core";
import { type GameState } from "@/lib/game/state";
import { holdWords } from "./holdWords";
import { kitchen } from "./kitchen";

/**
 * What a screen reader is told, as a function of the state: said once, when the words change. Phases and
 * chances only; ticks and scores would drown everything else.
 */
export function announce(state: GameState, seconds: number, resumed: boolean): string {
  if (state.shownHold !== null && !isLive(state.phase)) return kitchen(state).join(". ");
  const hold = holdWords(state);
  if (hold !== null) return hold.aloud;
  switch (state.phase) {
    case "IDLE":
      return "";
    case "MATCHMAKING":
      return state.practice === null ? "Looking for an opponent." : "Setting up your practice game.";
    case "COUNTDOWN":
      return `Your opponent is ${state.opponent?.name ?? "here"}. Get ready. ${state.countdown}`;
    case "PAUSED":
    case "PLAYING":
      return resumed ? "The game goes on." : playing(state, seconds);
    case "FINISHED":
      return finished(state);
  }
}

function playing({ timeRemaining, cookie }: GameState, seconds: number): string {
  if (timeRemaining >= seconds) return "Go!";
  // Two seconds of these words are enough to be heard, then gold is news again.
  if (timeRemaining === 10 || timeRemaining === 9) return "Ten seconds left.";
  return cookie === null ? "" : "A golden cookie! Press G to take it.";
}

function finished({ result, me, opponent }: GameState): string {
  const score = `${me?.score ?? 0} to ${opponent?.score ?? 0}`;
  switch (result?.outcome) {
    case "win":
      return `You win, ${score}.`;
    case "loss":
      return `You lose, ${score}.`;
    case "draw":
      return `A draw, ${score}.`;
    default:
      return "The game was called off.";
  }
}
