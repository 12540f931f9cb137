import { describe, expect, test } from "vitest";
import { ADA, BOB, ROOM, error, gameOver, gameStart, hello, serverFrame, update } from "@/lib/testing/frames";
import { initialCore, type Core, type GameEvent } from "./core";
import { reduce } from "./reducer";

function after(...events: GameEvent[]): Core {
  return on(initialCore, ...events);
}

function on(core: Core, ...events: GameEvent[]): Core {
  return events.reduce((state, event) => reduce(state, event, 1000), core);
}

const click: GameEvent = { type: "ui/click" };
const clicks = (count: number): GameEvent[] => Array.from({ length: count }, () => click);
const joined = after(hello(), { type: "ui/join" });
const playing = on(joined, gameStart());
const finished = on(playing, gameOver());

describe("the phases", () => {
  test("a duel goes from the menu through queue, countdown and play to its result", () => {
    const seen: string[] = [];
    const step = (core: Core, event: GameEvent) => {
      const next = on(core, event);
      seen.push(next.view.phase);
      return next;
    };
    [
      hello(),
      { type: "ui/join" } as const,
      serverFrame("queued"),
      serverFrame("game-start"),
      update(5, 0, { countdown: 0, gameTime: 5000 }),
      serverFrame("paused"),
      gameStart({ version: 8, resumed: true }),
      gameOver(),
      { type: "ui/menu" } as const,
    ].reduce(step, initialCore);
    expect(seen).toEqual([
      "IDLE",
      "MATCHMAKING",
      "MATCHMAKING",
      "COUNTDOWN",
      "PLAYING",
      "PAUSED",
      "PLAYING",
      "FINISHED",
      "IDLE",
    ]);
  });

  test("the queue tells how many wait, and since when is kept", () => {
    expect(on(joined, serverFrame("queued")).view).toMatchObject({ waiting: 1, waitingSince: 1000 });
  });

  test("leaving the queue is at once, and a game that came too late is played all the same", () => {
    const left = on(joined, { type: "ui/leave" });
    expect(left.view.phase).toBe("IDLE");
    expect(left.wish?.type).toBe("LEAVE_QUEUE");
    expect(on(left, gameStart())).toMatchObject({ view: { phase: "PLAYING" }, wish: null });
    expect(on(left, serverFrame("queue-left")).wish).toBeNull();
  });

  test("practice may be asked for out of the queue, and the other side is a bot", () => {
    const asked = on(joined, { type: "ui/practice", strength: "medium" });
    expect(asked.wish).toEqual({ type: "PRACTICE", payload: { game: "cookie", strength: "medium" } });
    expect(asked.view.waitingSince).toBe(1000);
    const { view } = on(asked, serverFrame("game-start-practice"));
    expect(view).toMatchObject({ phase: "COUNTDOWN", practice: "medium", me: { bot: null }, opponent: { bot: "medium" } });
  });

  test("nobody joins the queue out of a running game", () => {
    expect(on(playing, { type: "ui/join" })).toBe(playing);
  });
});

describe("GAME_START", () => {
  test("seats me and my opponent, whatever our seats are", () => {
    expect(playing.view).toMatchObject({
      role: "p1",
      me: { id: ADA, name: "Ada", score: 0 },
      opponent: { id: BOB, name: "Bob_2", picture: "https://example.com/bob.png" },
    });
    const { view } = after(hello(ROOM, BOB), serverFrame("game-start-resumed"));
    expect(view).toMatchObject({
      role: "p2",
      phase: "PLAYING",
      me: { id: BOB, name: "Bob_2", score: 117, bonusUntil: 30125 },
      opponent: { id: ADA, name: "Ada", score: 101, bonusUntil: null },
      cookie: { cookie: 4 },
    });
  });

  test("replaces everything, even with a lower version, for it is the truth", () => {
    const { view, version } = on(playing, update(50, 0, { p1Score: 9, p2Score: 8 }), gameStart({ version: 40, p2Score: 3 }));
    expect(version).toBe(40);
    expect(view).toMatchObject({ me: { score: 0 }, opponent: { score: 3 } });
  });

  test("keeps the clicks it does not acknowledge, and shows them", () => {
    const { view, ledger } = on(playing, ...clicks(5), gameStart({ ack: 3, p1Score: 3, resumed: true }));
    expect(ledger.pending.map(({ n }) => n)).toEqual([4, 5]);
    expect(view.me?.score).toBe(5);
  });

  test("of a game whose result was seen is ignored", () => {
    expect(on(finished, gameStart())).toBe(finished);
  });
});

describe("UPDATE", () => {
  test("of a lower or equal version is ignored", () => {
    const core = on(playing, update(12, 0, { p2Score: 4 }));
    expect(on(core, update(11, 0, { p2Score: 3 }))).toBe(core);
    expect(on(core, update(12, 0, { p2Score: 3 }))).toBe(core);
  });

  test("leaves alone what it leaves out", () => {
    const core = on(playing, update(12, 0, { p2Score: 4, cookie: { cookie: 1, x: 5, y: 5 } }), update(13, 0));
    expect(core.view).toMatchObject({ opponent: { score: 4 }, cookie: { cookie: 1 }, timeRemaining: 60 });
  });

  test("outside of a game is ignored", () => {
    expect(on(joined, update(3, 0))).toBe(joined);
    expect(on(finished, update(99, 0))).toBe(finished);
  });
});

describe("my score", () => {
  test("runs ahead of the server by the clicks it has not acknowledged", () => {
    const core = on(playing, ...clicks(3));
    expect(core.view.me?.score).toBe(3);
    expect(on(core, update(11, 1, { p1Score: 1 })).view.me?.score).toBe(3);
    expect(on(core, update(11, 3, { p1Score: 3 })).view.me?.score).toBe(3);
  });

  test("gives way to the server where it counted differently", () => {
    expect(on(playing, ...clicks(3), update(11, 3, { p1Score: 2 })).view.me?.score).toBe(2);
  });

  test("counts double while my bonus lasts, by game time", () => {
    const bonus = on(playing, update(11, 0, { gameTime: 20_000, bonusUntil: { p1: 25_000, p2: null } }));
    const during = reduce(bonus, click, 1000 + 4999);
    expect(during.view.me?.score).toBe(2);
    expect(reduce(during, click, 1000 + 5000).view.me?.score).toBe(3);
  });

  test("does not profit from the bonus of the other", () => {
    const core = on(playing, update(11, 0, { bonusUntil: { p1: null, p2: 99_000 } }), click);
    expect(core.view.me?.score).toBe(1);
  });
});

describe("clicks", () => {
  test.each<[string, Core]>([
    ["in the menu", initialCore],
    ["in the countdown", after(hello(), serverFrame("game-start"))],
    ["while paused", on(playing, serverFrame("paused"))],
    ["when the time is up", on(playing, update(11, 0, { timeRemaining: 0 }))],
    ["after the end", finished],
  ])("are not taken %s", (_when, core) => {
    expect(on(core, click)).toBe(core);
  });

  test("are not taken with 40 unacknowledged, and the player is told that they are too fast", () => {
    const full = on(playing, ...clicks(40));
    const beyond = on(full, click);
    expect(beyond).toEqual({ ...full, view: { ...full.view, tooFast: 1000 } });
    expect(on(full, { type: "ui/link", link: "reconnecting" }, click).view.tooFast).toBeNull();
  });

  test("are taken while the connection is gone, and wait for the next", () => {
    const core = on(playing, { type: "ui/link", link: "reconnecting" }, click);
    expect(core).toMatchObject({ attached: false, view: { me: { score: 1 }, phase: "PLAYING" } });
  });

  test("that the server wants from an unknown number make us doubt the connection", () => {
    const acked = on(playing, ...clicks(3), update(11, 2));
    expect(on(acked, error("resend", 3)).doubt).toBe(false);
    const doubting = on(acked, error("resend", 2));
    expect(doubting.doubt).toBe(true);
    expect(on(doubting, { type: "ui/link", link: "reconnecting" }).doubt).toBe(false);
  });
});

describe("the golden cookie", () => {
  const spawned = on(playing, serverFrame("cookie-spawn"));
  const claiming = on(spawned, { type: "ui/claim" });

  test("appears where the server says, and an older one does not replace it", () => {
    expect(spawned.view.cookie).toEqual({ cookie: 5, x: 37, y: 61 });
    expect(on(spawned, { type: "COOKIE_SPAWN", payload: { cookie: 4, x: 9, y: 9 } })).toBe(spawned);
  });

  test("is never won before the server says so", () => {
    expect(claiming.view).toMatchObject({ claiming: true, me: { score: 0, bonusUntil: null }, cookie: { cookie: 5 } });
    const won = on(claiming, update(11, 1, { cookie: null, bonusUntil: { p1: 12_000, p2: null }, goldenCookieClaimedBy: ADA }));
    expect(won.view).toMatchObject({ claiming: false, cookie: null, me: { bonusUntil: 12_000 } });
  });

  test("that the other was quicker to is simply gone", () => {
    const lost = on(claiming, update(11, 1, { cookie: null, bonusUntil: { p1: null, p2: 12_000 }, goldenCookieClaimedBy: BOB }));
    expect(lost.view).toMatchObject({ claiming: false, me: { bonusUntil: null }, opponent: { bonusUntil: 12_000 } });
  });

  test("is claimed once", () => {
    expect(on(claiming, { type: "ui/claim" })).toBe(claiming);
  });

  test("that comes after an unanswered claim can be claimed again", () => {
    const next = on(claiming, { type: "COOKIE_SPAWN", payload: { cookie: 6, x: 9, y: 9 } });
    expect(next.view.claiming).toBe(false);
  });
});

describe("PAUSED", () => {
  test("stops the clock where it is, and the next GAME_START says how it goes on", () => {
    const paused = reduce(playing, serverFrame("paused"), 1700);
    expect(paused.view).toMatchObject({ phase: "PAUSED", gameTime: 5700, gameTimeAt: 1700 });
    const repeated = reduce(paused, serverFrame("paused"), 2700);
    expect(repeated.view.gameTime).toBe(5700);
    const resumed = reduce(repeated, gameStart({ gameTime: 5650, resumed: true }), 3000);
    expect(resumed.view).toMatchObject({ phase: "PLAYING", gameTime: 5650, gameTimeAt: 3000, pausedReason: null });
  });

  test("may also end with an UPDATE, and what was sent before it is sent again", () => {
    const sent = on(playing, click, { type: "ui/sent", n: 1 });
    const core = on(sent, serverFrame("paused"), update(11, 0, { countdown: 2 }));
    expect(core.view.phase).toBe("COUNTDOWN");
    expect(core.ledger.pending[0]).toMatchObject({ n: 1, sentAt: null, waitingSince: null });
  });
});

describe("the hold", () => {
  const gone: GameEvent = { type: "ui/link", link: "reconnecting" };
  const back: GameEvent = { type: "ui/link", link: "open" };

  test("lasts from the loss of the connection until GAME_START, not only until HELLO", () => {
    const lost = on(playing, gone);
    expect(lost.view.hold).toBe("reconnecting");
    const greeted = on(lost, back, hello(ROOM));
    expect(greeted.view.hold).toBe("reconnecting");
    expect(on(greeted, gameStart({ resumed: true })).view.hold).toBeNull();
  });

  test("is a pause as soon as somebody says so, whether before HELLO or after", () => {
    expect(on(playing, gone, serverFrame("paused")).view.hold).toBe("paused");
    expect(on(playing, gone, back, hello(ROOM), serverFrame("paused")).view.hold).toBe("paused");
  });

  test("is no pause any more when the connection goes that said so, but no clicks are taken either", () => {
    const core = on(playing, serverFrame("paused"), gone);
    expect(core.view).toMatchObject({ phase: "PAUSED", hold: "reconnecting", pausedReason: null });
    expect(on(core, click)).toBe(core);
  });

  test("says so when nobody tries to come back", () => {
    expect(on(playing, { type: "ui/link", link: "offline" }).view.hold).toBe("offline");
  });

  test("stops the clock at what was last known, and with it what is left of a bonus", () => {
    const bonus = on(playing, update(11, 0, { gameTime: 20_000, bonusUntil: { p1: 25_000, p2: null } }));
    const lost = reduce(bonus, gone, 1000 + 4000);
    expect(lost.view).toMatchObject({ gameTime: 24_000, gameTimeAt: 5000 });
    expect(reduce(lost, click, 90_000).view.me?.score).toBe(2);
  });

  test("is over with the game, and there is none outside of one", () => {
    expect(on(playing, gone, back, hello(ROOM), gameOver()).view.hold).toBeNull();
    expect(on(joined, gone).view.hold).toBeNull();
  });

  test("is a pause of the search too, which ends with HELLO", () => {
    const core = on(joined, gone, serverFrame("paused"));
    expect(core.view).toMatchObject({ hold: "paused", phase: "MATCHMAKING" });
    expect(on(core, gone).view.hold).toBe("paused");
    expect(on(core, back, hello()).view.hold).toBeNull();
  });
});

describe("GAME_OVER", () => {
  test("shows the result, with the server's numbers and not ours", () => {
    const { view } = on(playing, ...clicks(7), gameOver());
    expect(view).toMatchObject({
      phase: "FINISHED",
      me: { score: 301 },
      opponent: { score: 288 },
      result: { outcome: "win", reason: "time", myClicks: 244, theirClicks: 250 },
    });
  });

  test.each([
    ["game-over-draw", "draw", "time"],
    ["game-over-quit", "loss", "quit"],
    ["game-over-opponent-disconnected", "win", "opponent_disconnected"],
    ["game-over-void", "void", "void"],
    ["game-over-practice", "loss", "time"],
  ])("%s is a %s by %s", (name, outcome, reason) => {
    expect(on(playing, serverFrame(name)).view.result).toMatchObject({ outcome, reason });
  });

  test("is whole even when the page was reloaded and knows nothing of the game", () => {
    const { view } = after(hello(ROOM), gameOver());
    expect(view).toMatchObject({
      phase: "FINISHED",
      roomId: ROOM,
      role: "p1",
      me: { id: ADA, name: "Ada", score: 301 },
      opponent: { id: BOB, name: "Bob_2", score: 288 },
      result: { outcome: "win" },
    });
  });

  test("that the player has left does not come back after a reconnect", () => {
    const menu = on(finished, { type: "ui/menu" });
    expect(on(menu, hello(ROOM), gameOver()).view.phase).toBe("IDLE");
    const again = on(finished, { type: "ui/join" });
    expect(on(again, hello(ROOM), gameOver()).view.phase).toBe("MATCHMAKING");
  });

  test("of an old game does not end a new search, but that of the game just found does", () => {
    expect(on(joined, gameOver())).toMatchObject({ view: { phase: "MATCHMAKING" }, left: ROOM });
    expect(on(joined, serverFrame("queued"), gameOver()).view.phase).toBe("FINISHED");
  });

  test("of another game does not end this one", () => {
    expect(on(playing, gameOver({ roomId: "another" }))).toBe(playing);
  });
});

describe("HELLO", () => {
  test("that knows nothing of our game is believed only the third time", () => {
    const twice = on(playing, hello(null), hello(null));
    expect(twice.view.phase).toBe("PLAYING");
    expect(on(twice, hello(null)).view).toMatchObject({ phase: "IDLE", error: "The game is gone." });
    expect(on(twice, serverFrame("paused"), hello(null)).view.phase).toBe("PAUSED");
  });

  test("to another player clears the table", () => {
    expect(on(playing, hello(null, BOB)).view).toMatchObject({ phase: "IDLE", playerId: BOB, me: null });
  });

  test("of another protocol asks for a reload", () => {
    const core = after({ type: "HELLO", payload: { protocol: 2, playerId: ADA, serverTime: 0, roomId: null } });
    expect(core.view.error).toContain("reload");
  });
});

describe("ERROR", () => {
  test("not_in_game while we play makes us doubt the connection", () => {
    expect(on(playing, error("not_in_game")).doubt).toBe(true);
    expect(on(finished, error("not_in_game")).doubt).toBe(false);
  });

  test("queue_unavailable is shown, and the search goes on until the queue answers", () => {
    const core = on(joined, error("queue_unavailable"));
    expect(core.view).toMatchObject({ phase: "MATCHMAKING", error: "the server says queue_unavailable" });
    expect(on(core, serverFrame("queued")).view.error).toBeNull();
  });

  test("unknown_game ends the search", () => {
    expect(on(joined, error("unknown_game"))).toMatchObject({ view: { phase: "IDLE" }, wish: null });
  });
});
