import { describe, expect, test } from "vitest";
import { gameOver, gameStart, hello, serverFrame, update } from "@/lib/testing/frames";
import { initialCore, type Core, type GameEvent } from "./core";
import { reduce } from "./reducer";

function on(core: Core, ...events: GameEvent[]): Core {
  return events.reduce((state, event) => reduce(state, event, 1000), core);
}

const clicks = (count: number): GameEvent[] => Array.from({ length: count }, () => ({ type: "ui/click" }));
const joined = on(initialCore, hello(), { type: "ui/join" });
const playing = on(joined, gameStart());
const finished = on(playing, gameOver());

describe("TOO_FAST", () => {
  const frame = serverFrame("too-fast");
  const told = on(playing, ...clicks(5), frame);

  test("is kept with its time, and the newest counts", () => {
    expect(playing.view.tooFast).toBeNull();
    expect(told.view.tooFast).toBe(1000);
    expect(reduce(told, frame, 1050).view.tooFast).toBe(1050);
  });

  test("leaves my score and my clicks to the UPDATE behind it", () => {
    expect(told.view.me?.score).toBe(5);
    expect(told.ledger.pending).toHaveLength(5);
  });

  test.each([{ p1Score: 2 }, { p1Score: 0 }, {}])("is not counted any more once that has come: %o", (change) => {
    const { view, ledger } = on(told, update(11, 5, change));
    expect(view.me?.score).toBe(change.p1Score ?? 0);
    expect(ledger.pending).toEqual([]);
    expect(view.tooFast).toBe(1000);
  });

  test("says nothing against the clicks behind it", () => {
    expect(on(told, ...clicks(2), update(11, 5, { p1Score: 2 })).view.me?.score).toBe(4);
  });

  test("takes a bonus off with the click it was shown for", () => {
    const bonus = on(playing, update(11, 0, { gameTime: 20_000, bonusUntil: { p1: 25_000, p2: null } }), ...clicks(4));
    expect(bonus.view.me?.score).toBe(8);
    expect(on(bonus, frame, update(12, 4, { p1Score: 2 })).view.me?.score).toBe(2);
  });

  test("is forgotten with GAME_START and with the game", () => {
    expect(on(told, gameStart({ resumed: true })).view.tooFast).toBeNull();
    expect(on(told, gameOver()).view.tooFast).toBeNull();
  });

  test.each<[string, Core]>([
    ["in the menu", initialCore],
    ["in the queue", joined],
    ["while paused", on(playing, serverFrame("paused"))],
    ["after the end", finished],
  ])("that comes %s is ignored", (_when, core) => {
    expect(on(core, frame)).toBe(core);
  });
});
