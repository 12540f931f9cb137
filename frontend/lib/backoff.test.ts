import { expect, test } from "vitest";
import { backoff, moveDelay } from "./backoff";

test("delays are 0, 100, 200, 400 ms and so on, up to 2 s", () => {
  expect([0, 1, 2, 3, 4, 5, 6, 7, 60].map((failures) => backoff(failures, 0))).toEqual([
    0, 100, 200, 400, 800, 1600, 2000, 2000, 2000,
  ]);
});

test("jitter takes away up to a half", () => {
  expect(backoff(3, 0.999)).toBeCloseTo(200, 0);
});

test("a pod that goes away has its players spread over 100 ms", () => {
  expect([1, 2, 5].map((moves) => moveDelay(moves, 0.5))).toEqual([50, 50, 50]);
  expect(moveDelay(1, 0)).toBe(0);
});

test("pods that send their players round in circles are given time", () => {
  expect([6, 7, 8, 60].map((moves) => moveDelay(moves, 0))).toEqual([100, 200, 400, 2000]);
});
