import { expect, test } from "vitest";
import { backoff, moveDelay } from "./backoff";

test("eleven attempts are made within three seconds", () => {
  const delays = Array.from({ length: 11 }, (_, failures) => backoff(failures, 0));
  expect(delays).toEqual([0, 100, 200, 300, 300, 300, 300, 300, 300, 300, 300]);
});

test("then delays double up to 2 s", () => {
  expect([11, 12, 13, 14, 2000].map((failures) => backoff(failures, 0))).toEqual([600, 1200, 2000, 2000, 2000]);
});

test("jitter takes away up to a half", () => {
  expect(backoff(3, 0.999)).toBeCloseTo(150, 0);
});

test("a pod that goes away has its players spread over 100 ms", () => {
  expect([1, 2, 5].map((moves) => moveDelay(moves, 0.5))).toEqual([50, 50, 50]);
  expect(moveDelay(1, 0)).toBe(0);
});

test("pods that send their players round in circles are given time", () => {
  expect([6, 7, 8, 60].map((moves) => moveDelay(moves, 0))).toEqual([100, 200, 400, 2000]);
});
