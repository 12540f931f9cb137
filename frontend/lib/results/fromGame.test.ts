import { expect, test } from "vitest";
import { initialState, type GameState } from "@/lib/game/state";
import { aGame } from "@/lib/testing/results";
import { fromGame } from "./fromGame";

const side = { id: "ada", name: "Ada", picture: null, score: 12, bonusUntil: null, bot: null };
const over: GameState = {
  ...initialState,
  phase: "FINISHED",
  roomId: "1",
  me: side,
  opponent: { ...side, id: "b0b", name: "Bob", score: 7 },
  result: { outcome: "win", reason: "time", myClicks: 12, theirClicks: 7 },
};

test("a duel that has ended looks as the history will tell it", () => {
  const game = aGame("1");
  expect(fromGame(over, Date.parse(game.endedAt))).toEqual(game);
});

test("practice says against which bot", () => {
  expect(fromGame({ ...over, practice: "hard" }, 0)?.practice).toBe("hard");
});

test("there is nothing to tell of a duel that is still on", () => {
  expect(fromGame({ ...over, result: null }, 0)).toBeNull();
  expect(fromGame(initialState, 0)).toBeNull();
});
