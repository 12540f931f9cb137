import { expect, test } from "vitest";
import { aBoard, anEntry } from "@/lib/testing/results";
import { places } from "./places";

const me = (rank: number) => anEntry(rank, "me");
const ranks = (entries: Array<{ rank: number }>) => entries.map(({ rank }) => rank);

test("who is among the top is shown nowhere else", () => {
  const board = aBoard(3, anEntry(2), [anEntry(1), anEntry(2), anEntry(3), anEntry(4)]);
  expect(places(board)).toEqual({ top: board.entries, around: [], gap: false });
});

test("who is further down comes with the neighbours, behind a gap", () => {
  const { around, gap } = places(aBoard(3, me(9), [anEntry(7), anEntry(8), me(9), anEntry(10), anEntry(11)]));
  expect(ranks(around)).toEqual([7, 8, 9, 10, 11]);
  expect(gap).toBe(true);
});

test("who comes right after the top has no gap, and no neighbour twice", () => {
  const { around, gap } = places(aBoard(3, me(4), [anEntry(2), anEntry(3), me(4), anEntry(5), anEntry(6)]));
  expect(ranks(around)).toEqual([4, 5, 6]);
  expect(gap).toBe(false);
});

test("the neighbour right after the top closes the gap", () => {
  expect(places(aBoard(3, me(5), [anEntry(3), anEntry(4), me(5)])).gap).toBe(false);
  expect(places(aBoard(3, me(6), [anEntry(5), me(6)])).gap).toBe(true);
});

test("without neighbours there is at least the place itself", () => {
  expect(places(aBoard(3, me(9)))).toMatchObject({ around: [me(9)], gap: true });
});

test("who has no place is not shown", () => {
  expect(places(aBoard(3, null))).toMatchObject({ around: [], gap: false });
  expect(places(aBoard(0, null))).toMatchObject({ top: [], around: [], gap: false });
});
