import { type GameState } from "@/lib/game/state";

/** What a player without a game on the page is told while the server waits: in short, and in full. */
export function kitchen({ link }: GameState): [string, string] {
  // Who was let in and has to wait all the same sits in a game that is on its way.
  if (link === "open") return ["Your game is on its way", "It is moving, and what you clicked is safe."];
  return ["The kitchen is out of reach", "Waiting… it goes on by itself as soon as somebody answers."];
}
