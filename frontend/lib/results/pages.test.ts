import { describe, expect, test } from "vitest";
import { aGame } from "@/lib/testing/results";
import { noPages, type Pages, type PagesEvent, turn } from "./pages";

const page = (ids: string, next: string | null = null) => ({ games: [...ids].map((id) => aGame(id)), next });
const after = (...events: PagesEvent[]): Pages => events.reduce(turn, noPages);
const shown = ({ games }: Pages) => games.map(({ gameId }) => gameId).join("");

const first: PagesEvent = { type: "first", page: page("edc", "c") };
const more: PagesEvent = { type: "more" };

describe("the history", () => {
  test("is loading until the first page comes", () => {
    expect(noPages.status).toBe("loading");
    expect(after(first)).toMatchObject({ status: "ready", next: "c", more: "idle" });
  });

  test("goes on from the cursor, and ends with the page that has none", () => {
    const all = after(first, more, { type: "page", after: "c", page: page("ba") });
    expect(shown(all)).toBe("edcba");
    expect(all).toMatchObject({ next: null, more: "idle" });
    expect(turn(all, more)).toBe(all);
  });

  test("shows no game twice, whatever the pages overlap", () => {
    expect(shown(after(first, more, { type: "page", after: "c", page: page("cba") }))).toBe("edcba");
  });

  test("keeps what it shows when the next page fails, and can be asked again", () => {
    const failed = after(first, more, { type: "noPage", after: "c" });
    expect(shown(failed)).toBe("edc");
    expect(failed).toMatchObject({ next: "c", more: "failed" });
    const busy = turn(failed, more);
    expect(busy.more).toBe("busy");
    expect(shown(turn(busy, { type: "page", after: "c", page: page("ba") }))).toBe("edcba");
  });

  test("does not take a page that belongs below another one", () => {
    const busy = after(first, more);
    const replaced = turn(busy, { type: "first", page: page("zyx", "x") });
    expect(shown(turn(replaced, { type: "page", after: "c", page: page("ba") }))).toBe("zyx");
    expect(turn(replaced, { type: "noPage", after: "c" })).toBe(replaced);
  });
});

describe("a first page that comes again", () => {
  const all = after(first, more, { type: "page", after: "c", page: page("ba") });

  test("brings the newer games on top and loses nothing below", () => {
    const refreshed = turn(all, { type: "first", page: page("fed", "d") });
    expect(shown(refreshed)).toBe("fedcba");
    expect(refreshed.next).toBeNull();
  });

  test("starts over when more was played meanwhile than it holds", () => {
    const refreshed = turn(all, { type: "first", page: page("zyx", "x") });
    expect(shown(refreshed)).toBe("zyx");
    expect(refreshed.next).toBe("x");
  });

  test("changes nothing when it fails", () => {
    expect(turn(all, { type: "noFirst" })).toBe(all);
  });

  test("is a failure when there was nothing before", () => {
    expect(after({ type: "noFirst" }).status).toBe("failed");
    expect(after({ type: "noFirst" }, { type: "again" })).toEqual(noPages);
    expect(shown(after({ type: "noFirst" }, first))).toBe("edc");
  });
});
