import { expect, test } from "vitest";
import { aGame } from "@/lib/testing/results";
import { ago, exactly } from "./ago";
import { because } from "./words";

const why = (result: "win" | "loss" | "draw" | "void", reason: string) => because(aGame("1", { result, reason }));

test("the reason is told to the one who reads it", () => {
  expect(why("win", "time")).toBe("time was up");
  expect(why("loss", "time")).toBe("time was up");
  expect(why("draw", "time")).toBe("same score at the end");
  expect(why("win", "quit")).toBe("they quit");
  expect(why("loss", "quit")).toBe("you quit");
  expect(why("win", "opponent_disconnected")).toBe("they lost the connection");
  expect(why("loss", "opponent_disconnected")).toBe("you lost the connection");
  expect(why("void", "void")).toBe("called off, counts for nobody");
});

test("a reason of a newer server is left out", () => {
  expect(why("win", "eaten_by_a_dog")).toBe("");
});

test("what is past is told in words that get coarser, and a week later by its date", () => {
  const now = Date.parse("2026-11-29T15:00:00Z");
  const before = (seconds: number) => ago(new Date(now - seconds * 1000).toISOString(), now);
  expect(before(0)).toBe("just now");
  expect(before(59)).toBe("just now");
  expect(before(60)).toBe("1 minute ago");
  expect(before(3 * 3600 + 1)).toBe("3 hours ago");
  expect(before(86_400)).toBe("yesterday");
  expect(before(6 * 86_400)).toBe("6 days ago");
  expect(before(10 * 86_400)).toMatch(/^Nov (18|19|20), 2026$/);
});

test("a clock that is behind the server's does not see the future", () => {
  expect(ago("2026-11-29T15:00:05Z", Date.parse("2026-11-29T15:00:00Z"))).toBe("just now");
});

test("the exact time has the day and the second", () => {
  expect(exactly("2026-11-29T15:18:20.125Z")).toMatch(/2026.*:\d{2}:20/);
  expect([exactly("soon"), ago("soon", 0)]).toEqual(["", ""]);
});
