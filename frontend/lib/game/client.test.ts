import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { PaperServer } from "@/lib/testing/paperServer";
import { ADA, ROOM, error, gameOver, gameStart, hello, serverFrame, update } from "@/lib/testing/frames";
import { GameClient } from "./client";
import type { Particle } from "./state";

let server: PaperServer;
let client: GameClient;
let signedIn: boolean;

beforeEach(() => {
  vi.useFakeTimers();
  signedIn = true;
  server = new PaperServer();
  client = new GameClient({ ...server.parts, signedIn: () => Promise.resolve(signedIn) });
  client.connect();
});

afterEach(() => vi.useRealTimers());

const pass = (ms: number) => vi.advanceTimersByTime(ms);
/** A delay of 0 is still a timer, and one set by a timer takes a millisecond. */
const passNothing = () => pass(1);
const said = () => server.last.sent.map(({ type }) => type);

function play(): void {
  server.last.say(hello(ROOM));
  server.last.say(gameStart());
}

/** Time passes while the server keeps talking, but acknowledges nothing. */
function passTalking(ms: number): void {
  for (let passed = 0; passed < ms; passed += 100) {
    pass(Math.min(100, ms - passed));
    server.last.say({ type: "OPPONENT_CLICK", payload: { count: 1 } });
  }
}

function click(count: number): boolean[] {
  return Array.from({ length: count }, () => client.click(null));
}

describe("the queue", () => {
  test("a wish that comes before HELLO is said after it", () => {
    client.join();
    expect(said()).toEqual([]);
    server.last.say(hello());
    expect(said()).toEqual(["JOIN_QUEUE"]);
  });

  test("a search goes on after a reconnect", () => {
    server.last.say(hello());
    client.join();
    server.last.say(serverFrame("queued"));
    server.last.close(1012);
    passNothing();
    server.last.say(hello());
    expect(said()).toEqual(["JOIN_QUEUE"]);
  });

  test("a search that has found a game meanwhile is not begun anew", () => {
    server.last.say(hello());
    client.join();
    server.last.close(1006);
    passNothing();
    server.last.say(hello(ROOM));
    server.last.say(gameStart());
    expect(said()).toEqual([]);
    expect(client.state().phase).toBe("PLAYING");
  });

  test("a search behind an old result that nobody left is begun when that result comes", () => {
    server.last.say(hello(ROOM));
    client.join();
    expect(said()).toEqual([]);
    server.last.say(gameOver());
    expect(said()).toEqual(["JOIN_QUEUE"]);
    expect(client.state().phase).toBe("MATCHMAKING");
  });

  test("leaving is said, and after a reconnect said again until it is answered", () => {
    server.last.say(hello());
    client.join();
    client.leave();
    expect(said()).toEqual(["JOIN_QUEUE", "LEAVE_QUEUE"]);
    server.last.close(1006);
    passNothing();
    server.last.say(hello());
    expect(said()).toEqual(["LEAVE_QUEUE"]);
    server.last.say(serverFrame("queue-left"));
    server.last.close(1006);
    pass(100);
    server.last.say(hello());
    expect(said()).toEqual([]);
  });

  test("who leaves the page leaves the queue, but not a game", () => {
    server.last.say(hello());
    client.join();
    client.disconnect();
    expect(said()).toEqual(["JOIN_QUEUE", "LEAVE_QUEUE"]);
    client.connect();
    play();
    client.disconnect();
    expect(said()).toEqual([]);
    expect(client.state()).toMatchObject({ phase: "PLAYING", link: "offline" });
  });

  test("a queue that is not available is asked again after a second", () => {
    server.last.say(hello());
    client.join();
    server.last.say(error("queue_unavailable"));
    pass(999);
    expect(said()).toEqual(["JOIN_QUEUE"]);
    pass(1);
    expect(said()).toEqual(["JOIN_QUEUE", "JOIN_QUEUE"]);
  });
});

describe("clicks", () => {
  test("go out at once, numbered and with the room", () => {
    play();
    click(2);
    expect(server.last.sent).toEqual([
      { type: "CLICK", payload: { n: 1, roomId: ROOM } },
      { type: "CLICK", payload: { n: 2, roomId: ROOM } },
    ]);
  });

  test("that nobody acknowledges are sent again after a second", () => {
    play();
    click(1);
    passTalking(1000);
    expect(server.last.clicks()).toEqual([1, 1]);
  });

  test("waiting 2 s for an acknowledgement drops the connection, although the server talks", () => {
    play();
    click(1);
    passTalking(1900);
    expect(server.connections).toHaveLength(1);
    pass(100);
    passNothing();
    expect(server.connections).toHaveLength(2);
  });

  test("while paused nothing is sent and nothing is a fault", () => {
    play();
    click(1);
    for (let i = 0; i < 10; i++) {
      server.last.say(serverFrame("paused"));
      pass(1000);
    }
    expect(client.click(null)).toBe(false);
    expect(server.connections).toHaveLength(1);
    expect(server.last.clicks()).toEqual([1]);
    server.last.say(update(20, 0));
    expect(server.last.clicks()).toEqual([1, 1]);
  });

  test("made without a connection are sent after the next GAME_START and not before", () => {
    play();
    click(3);
    server.last.say(update(11, 1, { p1Score: 1 }));
    server.last.close(1006);
    click(1);
    expect(client.state().me?.score).toBe(4);
    passNothing();
    server.last.say(hello(ROOM));
    expect(server.last.clicks()).toEqual([]);
    server.last.say(gameStart({ version: 12, ack: 2, p1Score: 2, resumed: true }));
    passTalking(100);
    expect(server.last.clicks()).toEqual([3, 4]);
    expect(client.state().me?.score).toBe(4);
  });

  test("never come faster than 20 a second, and never more than 40 wait", () => {
    play();
    expect(click(50).filter(Boolean)).toHaveLength(40);
    expect(server.last.clicks()).toHaveLength(20);
    server.last.say(update(11, 20));
    passTalking(900);
    expect(server.last.clicks()).toHaveLength(20);
    passTalking(100);
    expect(server.last.clicks()).toHaveLength(40);
    expect(server.last.clicks().at(-1)).toBe(40);
  });

  test("that the server counts for nothing leave the score with its UPDATE, and are not sent again", () => {
    play();
    click(5);
    server.last.say(serverFrame("too-fast"));
    expect(client.state()).toMatchObject({ tooFast: performance.now(), me: { score: 5 } });
    server.last.say(update(11, 5, { p1Score: 2 }));
    expect(client.state().me?.score).toBe(2);
    passTalking(3000);
    expect(server.last.clicks()).toEqual([1, 2, 3, 4, 5]);
    expect(server.connections).toHaveLength(1);
  });

  test("after a gap go out again from there, once", () => {
    play();
    click(4);
    pass(200);
    server.last.say(error("resend", 2));
    server.last.say(error("resend", 2));
    passTalking(200);
    expect(server.last.clicks()).toEqual([1, 2, 3, 4, 2, 3, 4]);
  });

  test("that the server wants back although it acknowledged them make us ask on a fresh connection", () => {
    play();
    click(2);
    server.last.say(update(11, 2));
    server.last.say(error("resend", 1));
    passNothing();
    expect(server.connections).toHaveLength(2);
  });

  test("go on behind the acknowledged after the page was reloaded", () => {
    server.last.say(hello(ROOM));
    server.last.say(gameStart({ ack: 96, p1Score: 100, resumed: true }));
    click(1);
    expect(server.last.clicks()).toEqual([97]);
    expect(client.state().me?.score).toBe(101);
  });

  test("and a claim of the golden cookie are numbered together", () => {
    play();
    server.last.say(serverFrame("cookie-spawn"));
    click(1);
    client.claimGolden();
    expect(server.last.sent.at(-1)).toEqual({ type: "COOKIE_CLICK", payload: { n: 2, roomId: ROOM, cookie: 5 } });
    expect(client.state().claiming).toBe(true);
  });
});

describe("the connection", () => {
  test("silence of 1.5 s in a game makes a new one", () => {
    play();
    pass(1500);
    passNothing();
    expect(server.connections).toHaveLength(2);
    expect(client.state()).toMatchObject({ link: "reconnecting", phase: "PLAYING" });
  });

  test("that names a game and then tells nothing of it is silent too", () => {
    server.last.say(hello(ROOM));
    pass(1500);
    passNothing();
    expect(server.connections).toHaveLength(2);
    server.last.say(hello(ROOM));
    server.last.say(gameOver());
    pass(60_000);
    expect(server.connections).toHaveLength(2);
  });

  test("taken over by another page waits for the player to say so", () => {
    play();
    server.last.close(4002);
    pass(60_000);
    expect(client.state().link).toBe("replaced");
    client.playHere();
    server.last.say(hello(ROOM));
    server.last.say(gameStart({ version: 30, ack: 12, resumed: true }));
    expect(client.state()).toMatchObject({ link: "open", phase: "PLAYING" });
    click(1);
    expect(server.last.clicks()).toEqual([13]);
  });

  test("that is refused for want of a session says so instead of trying for ever", async () => {
    signedIn = false;
    server.last.close(1006);
    await vi.advanceTimersByTimeAsync(5000);
    expect(client.state().link).toBe("expired");
    expect(server.connections.length).toBeLessThan(3);
  });

  test("that fails while the session is good is tried for ever", async () => {
    for (let i = 0; i < 20; i++) {
      server.last.close(1006);
      await vi.advanceTimersByTimeAsync(2000);
    }
    expect(client.state().link).toBe("reconnecting");
  });

  test("to a server that has forgotten our game for good ends in the menu", () => {
    play();
    for (let i = 0; i < 3; i++) {
      server.last.close(1006);
      pass(500);
      server.last.say(hello(null));
    }
    expect(client.state()).toMatchObject({ phase: "IDLE", error: "The game is gone." });
  });
});

describe("the end", () => {
  test("quitting is said again after a reconnect, once the seat is ours", () => {
    play();
    client.quit();
    expect(said()).toEqual(["QUIT_GAME"]);
    server.last.close(1006);
    passNothing();
    server.last.say(hello(ROOM));
    expect(said()).toEqual([]);
    server.last.say(gameStart({ version: 20, resumed: true }));
    expect(said()).toEqual(["QUIT_GAME"]);
  });

  test("comes to a page that was reloaded after it", () => {
    server.last.say(hello(ROOM));
    server.last.say(gameOver());
    expect(client.state()).toMatchObject({ phase: "FINISHED", me: { id: ADA }, result: { outcome: "win" } });
    client.backToMenu();
    expect(client.state().phase).toBe("IDLE");
  });
});

describe("particles and listeners", () => {
  test("fly for my clicks, for my double clicks, and for theirs", () => {
    const seen: Particle[] = [];
    const stop = client.onParticle((particle) => seen.push(particle));
    play();
    client.click({ x: 3, y: 4 });
    server.last.say(update(11, 1, { p1Score: 1, gameTime: 9000, bonusUntil: { p1: 14_000, p2: null } }));
    client.click(null);
    server.last.say(serverFrame("opponent-click"));
    stop();
    client.click(null);
    expect(seen).toEqual([
      { id: 1, kind: "mine", count: 1, at: { x: 3, y: 4 } },
      { id: 2, kind: "mineDouble", count: 2, at: null },
      { id: 3, kind: "theirs", count: 2, at: null },
    ]);
  });

  test("a click that is not taken leaves no particle", () => {
    const listener = vi.fn();
    client.onParticle(listener);
    expect(client.click(null)).toBe(false);
    expect(listener).not.toHaveBeenCalled();
  });

  test("a state that did not change is the same object, and nobody is told", () => {
    play();
    const before = client.state();
    const listener = vi.fn();
    client.subscribe(listener);
    server.last.say(update(5, 0, { p2Score: 99 }));
    expect(client.state()).toBe(before);
    expect(listener).not.toHaveBeenCalled();
  });
});
