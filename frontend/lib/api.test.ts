import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  ApiProblem,
  deleteAccount,
  getConfig,
  getHistory,
  getLeaderboard,
  getMe,
  isSignedIn,
  loginPath,
  rename,
  signInAsGuest,
  signOut,
  upgrade,
} from "./api";

const ada = { id: "3f2b8c1e", name: "Ada", picture: null, provider: "guest" };
const me = { player: ada, totals: { points: 301, games: 1, wins: 1, draws: 0 } };
const config = {
  version: "0.1.0",
  protocol: 1,
  providers: ["guest"],
  game: { seconds: 60, countdownSeconds: 5, graceSeconds: 15, bonusSeconds: 5 },
  practiceAfterSeconds: 10,
  contact: null,
};

function answer(status: number, body: unknown, text?: string) {
  const fetched = vi.fn<typeof fetch>(() =>
    Promise.resolve(new Response(status === 204 ? null : (text ?? JSON.stringify(body)), { status })),
  );
  vi.stubGlobal("fetch", fetched);
  return fetched;
}

beforeEach(() => vi.useFakeTimers());

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** What a call comes to, however long it waits in between. */
async function inTime<T>(call: Promise<T>): Promise<T> {
  await vi.advanceTimersByTimeAsync(10_000);
  return call;
}

describe("a pod that is gone", () => {
  const gone = () => new Response("no server is available", { status: 503 });

  test("is asked for, and then another one answers", async () => {
    const fetched = vi.fn<typeof fetch>(() => Promise.resolve(new Response(JSON.stringify(me))));
    fetched.mockImplementationOnce(() => Promise.resolve(gone()));
    fetched.mockImplementationOnce(() => Promise.reject(new TypeError("network")));
    vi.stubGlobal("fetch", fetched);
    expect(await inTime(getMe())).toEqual(me);
    expect(fetched).toHaveBeenCalledTimes(3);
  });

  test("is not asked for without end", async () => {
    const fetched = answer(503, null, "no server is available");
    const problem = await inTime(getMe().catch((found: unknown) => found));
    expect(problem).toMatchObject({ status: 503 });
    expect(fetched).toHaveBeenCalledTimes(4);
  });

  test("is not asked twice for what changes something", async () => {
    const fetched = answer(503, null, "no server is available");
    await inTime(signOut().catch(() => {}));
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  test("is not what is wrong when somebody answers", async () => {
    const fetched = answer(401, { type: "about:blank", title: "Unauthorized", status: 401, detail: "Sign in first." });
    expect(await getMe()).toBeNull();
    expect(fetched).toHaveBeenCalledTimes(1);
  });
});

describe("answers", () => {
  test("the configuration comes without the providers that this page does not know", async () => {
    answer(200, { ...config, providers: ["carrier-pigeon", "guest", "google"] });
    expect(await getConfig()).toEqual({ ...config, providers: ["google", "guest"] });
  });

  test("me without a session is null, and not a problem", async () => {
    answer(401, { type: "about:blank", title: "Unauthorized", status: 401, detail: "Sign in first." });
    expect(await getMe()).toBeNull();
    expect(await isSignedIn()).toBe(false);
  });

  test("me with a session is the player and the totals", async () => {
    answer(200, me);
    expect(await getMe()).toEqual(me);
    expect(await isSignedIn()).toBe(true);
  });

  test("me without totals is a player all the same: one can play while the results are away", async () => {
    answer(200, { ...me, totals: null });
    expect(await getMe()).toEqual({ ...me, totals: null });
  });

  test("a guest signs in with a name, and the token is dropped", async () => {
    const fetched = answer(201, { player: ada, token: "secret" });
    expect(await signInAsGuest("Ada")).toEqual(ada);
    expect(fetched).toHaveBeenCalledWith("/api/auth/guest", expect.objectContaining({ method: "POST", body: '{"name":"Ada"}' }));
  });

  test("signing out has no body", async () => {
    answer(204, null);
    await expect(signOut()).resolves.toBeUndefined();
  });

  test("a new name goes out, and who has it comes back", async () => {
    const renamed = { ...me, player: { ...ada, name: "Ada L." } };
    const fetched = answer(200, renamed);
    expect(await rename("Ada L.")).toEqual(renamed);
    expect(fetched).toHaveBeenCalledWith("/api/me", expect.objectContaining({ method: "PATCH", body: '{"name":"Ada L."}' }));
  });

  test("deleting the account has no body, and no answer", async () => {
    const fetched = answer(204, null);
    await expect(deleteAccount()).resolves.toBeUndefined();
    expect(fetched).toHaveBeenCalledWith(
      "/api/me",
      expect.objectContaining({ method: "DELETE", body: undefined, headers: { "Content-Type": "application/json" } }),
    );
  });

  test("a guest is told where to go on as somebody else", async () => {
    const fetched = answer(200, { url: "https://accounts.google.com/o/oauth2/v2/auth?state=1" });
    expect(await upgrade("google")).toBe("https://accounts.google.com/o/oauth2/v2/auth?state=1");
    expect(fetched).toHaveBeenCalledWith("/api/auth/upgrade", expect.objectContaining({ method: "POST", body: '{"provider":"google"}' }));
  });

  test("a path to sign in may say where to go afterwards", () => {
    expect(loginPath("google")).toBe("/api/auth/google/login");
    expect(loginPath("github", "/play/")).toBe("/api/auth/github/login?next=%2Fplay%2F");
    expect(loginPath("google", undefined, true)).toBe("/api/auth/google/login?sent=true");
  });

  test("history goes on from a cursor", async () => {
    const fetched = answer(200, { games: [], next: null });
    expect(await getHistory("a/b=", 20)).toEqual({ games: [], next: null });
    expect(fetched.mock.calls[0]?.[0]).toBe("/api/history?cursor=a%2Fb%3D&limit=20");
    await getHistory();
    expect(fetched.mock.calls[1]?.[0]).toBe("/api/history");
  });

  const first = { rank: 1, player: { id: "3f2b8c1e", name: "Ada", picture: null }, points: 301, games: 1, wins: 1 };

  test("the leaderboard has entries, and me or null", async () => {
    answer(200, { board: "week", entries: [first], me: null, around: [] });
    expect(await getLeaderboard("week")).toEqual({ board: "week", entries: [first], me: null, around: [] });
  });

  test("the leaderboard of a pod of the version before has nobody around me", async () => {
    answer(200, { board: "all", entries: [first], me: first });
    expect(await getLeaderboard("all")).toMatchObject({ me: first, around: [] });
  });
});

describe("problems", () => {
  const problemOf = (call: Promise<unknown>): Promise<unknown> => inTime(call.catch((problem: unknown) => problem));

  test("carry what the server says in words for a person", async () => {
    answer(400, { type: "about:blank", title: "Bad name", status: 400, detail: "3 to 20 characters, please." });
    const problem = await problemOf(signInAsGuest("A"));
    expect(problem).toBeInstanceOf(ApiProblem);
    expect(problem).toMatchObject({ status: 400, title: "Bad name", detail: "3 to 20 characters, please." });
  });

  test("are made up where something in between answers", async () => {
    answer(502, null, "<html>Bad Gateway</html>");
    expect(await problemOf(getConfig())).toMatchObject({ status: 502, detail: "The server answered 502." });
  });

  test("also cover no answer at all, which says nothing about the session", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("network")));
    expect(await problemOf(getMe())).toMatchObject({ status: 0 });
    expect(await inTime(isSignedIn())).toBe(true);
  });

  test("come from a deletion that is not finished, after one question", async () => {
    const fetched = answer(503, { title: "Service Unavailable", detail: "Not finished." });
    expect(await problemOf(deleteAccount())).toMatchObject({ status: 503, detail: "Not finished." });
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  test.each(["javascript:alert(1)", "//elsewhere.example", "/menu", ""])("also cover an address where no browser should go: %s", async (url) => {
    answer(200, { url });
    expect(await problemOf(upgrade("github"))).toMatchObject({ title: "Unexpected answer" });
  });

  test("also cover an answer of another shape", async () => {
    answer(200, { ...me, totals: { points: "many" } });
    expect(await problemOf(getMe())).toMatchObject({ title: "Unexpected answer" });
  });
});
