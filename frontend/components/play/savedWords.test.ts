import { expect, test } from "vitest";
import type { HistoryGame } from "@/lib/api";
import type { Progress } from "@/lib/results/lastGame";
import { aGame } from "@/lib/testing/results";
import { savedWords } from "./savedWords";

const words = (progress: Progress, place: number | null = null, other: Partial<HistoryGame> = {}) =>
  savedWords({ playerId: "ada", game: aGame("1", other), progress, place });

test("who has just played is told when it is saved, and the place that it came to", () => {
  expect(words("saving")).toMatch(/saving/i);
  expect(words("saved", 3)).toBe("Saved. You are 3rd this week.");
  expect(words("saved")).toMatch(/counts/);
});

test("who waits for long is told that nothing is lost", () => {
  expect(words("late")).toMatch(/safe.*soon/);
});

test("what is not ranked has no place", () => {
  expect(words("saved", null, { practice: "easy" })).toBe("Saved in your duels.");
  expect(words("saved", null, { result: "void" })).toBe("Saved in your duels.");
});
