import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { pageClock } from "@/lib/clock";
import { aGame, anEntry } from "@/lib/testing/results";
import { isRanked, type Look, lookForIt, Watch } from "./lastGame";

const game = aGame("1");
const away = () => Promise.reject(new Error("503"));

/** A watch on a game that is over, and whose results answer these one after the other, then the last of them. */
function watching(...answers: Array<() => ReturnType<Look>>) {
  const look = vi.fn<Look>(() => (answers.length > 1 ? (answers.shift() ?? away)() : (answers[0] ?? away)()));
  const watch = new Watch(look, pageClock);
  watch.over("ada", game);
  return { watch, look };
}

const notYet = () => Promise.resolve(null);
const third = () => Promise.resolve({ place: 3 });

beforeEach(() => vi.useFakeTimers());

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("a game that is over", () => {
  test("is being saved until the results have it", async () => {
    const { watch } = watching(notYet, third);
    expect(watch.current()).toEqual({ playerId: "ada", game, progress: "saving", place: null });
    await vi.advanceTimersByTimeAsync(300);
    expect(watch.current()?.progress).toBe("saving");
    await vi.advanceTimersByTimeAsync(400);
    expect(watch.current()).toMatchObject({ progress: "saved", place: 3 });
  });

  test("is looked for no more once it is saved", async () => {
    const { look } = watching(third);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(look).toHaveBeenCalledTimes(1);
  });

  test("is late when the results do not have it for long, and still found when they do", async () => {
    const { watch, look } = watching(notYet);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(watch.current()?.progress).toBe("late");
    look.mockImplementation(third);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(watch.current()?.progress).toBe("saved");
  });

  test("is not looked for on and on", async () => {
    const { watch, look } = watching(notYet);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(watch.current()?.progress).toBe("late");
    expect(look).toHaveBeenCalledTimes(24);
  });

  test("is late, too, when the results say no, or nothing at all", async () => {
    for (const answer of [away, () => new Promise<null>(() => {})]) {
      const { watch } = watching(answer);
      await vi.advanceTimersByTimeAsync(9900);
      expect(watch.current()?.progress).toBe("saving");
      await vi.advanceTimersByTimeAsync(200);
      expect(watch.current()?.progress).toBe("late");
    }
  });

  test("is looked for once more when it is late and the player asks", async () => {
    const { watch, look } = watching(notYet);
    await vi.advanceTimersByTimeAsync(60_000);
    look.mockImplementation(third);
    watch.again();
    expect(watch.current()?.progress).toBe("saving");
    await vi.advanceTimersByTimeAsync(300);
    expect(watch.current()?.progress).toBe("saved");
    watch.again();
    expect(watch.current()?.progress).toBe("saved");
  });

  test("is not begun again when the server says once more that it is over", async () => {
    const { watch, look } = watching(third);
    await vi.advanceTimersByTimeAsync(300);
    watch.over("ada", { ...game });
    expect(watch.current()?.progress).toBe("saved");
    expect(look).toHaveBeenCalledTimes(1);
  });

  test("gives way to the next one, whatever is still heard of it", async () => {
    let answer: (found: { place: number }) => void = () => {};
    const { watch, look } = watching(() => new Promise((resolve) => (answer = resolve)));
    await vi.advanceTimersByTimeAsync(300);
    look.mockImplementation(notYet);
    const next = aGame("2");
    watch.over("ada", next);
    answer({ place: 1 });
    await vi.advanceTimersByTimeAsync(300);
    expect(watch.current()).toMatchObject({ game: next, progress: "saving", place: null });
  });

  test("is news to whoever listens, and to nobody who has left", async () => {
    const { watch } = watching(third);
    const [staying, gone] = [vi.fn(), vi.fn()];
    watch.subscribe(staying);
    watch.subscribe(gone)();
    await vi.advanceTimersByTimeAsync(300);
    expect(staying).toHaveBeenCalledTimes(1);
    expect(gone).not.toHaveBeenCalled();
  });
});

describe("looking for a game", () => {
  const ada = { id: "ada", name: "Ada", picture: null, provider: "guest" };

  /** The server's answers by their path. */
  function server(answers: Record<string, unknown>) {
    vi.stubGlobal("fetch", (path: string) => {
      const found = Object.entries(answers).find(([start]) => path.startsWith(start));
      return Promise.resolve(new Response(JSON.stringify(found?.[1]), { status: found === undefined ? 404 : 200 }));
    });
  }

  const history = { games: [game], next: null };
  const me = { player: ada, totals: { points: 36, games: 3, wins: 2, draws: 0 } };
  const board = (rank: number, games: number) => ({ board: "all", entries: [], me: { ...anEntry(rank, "ada"), games }, around: [] });

  test("finds nothing while the history does not have it", async () => {
    server({ "/api/history": { games: [aGame("0")], next: null } });
    expect(await lookForIt(game)).toBeNull();
  });

  test("finds nothing while the leaderboard has fewer games than the totals", async () => {
    server({ "/api/history": history, "/api/me": me, "/api/leaderboard?board=all": board(9, 2) });
    expect(await lookForIt(game)).toBeNull();
    server({ "/api/history": history, "/api/me": { ...me, totals: null }, "/api/leaderboard?board=all": board(9, 2) });
    expect(await lookForIt(game)).toBeNull();
  });

  test("finds the place on this week's board when everything has it", async () => {
    server({
      "/api/history": history,
      "/api/me": me,
      "/api/leaderboard?board=all": board(9, 3),
      "/api/leaderboard?board=week": board(4, 1),
    });
    expect(await lookForIt(game)).toEqual({ place: 4 });
  });

  test("asks no leaderboard about practice, or about what counts for nobody", async () => {
    for (const other of [aGame("1", { practice: "easy" }), aGame("1", { result: "void", reason: "void" })]) {
      server({ "/api/history": { games: [other], next: null } });
      expect(isRanked(other)).toBe(false);
      expect(await lookForIt(other)).toEqual({ place: null });
    }
  });
});
