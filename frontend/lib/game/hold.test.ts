import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { PaperServer } from "@/lib/testing/paperServer";
import { ROOM, gameOver, gameStart, hello, serverFrame, update } from "@/lib/testing/frames";
import { GameClient } from "./client";

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
const paused = serverFrame("paused");
const resumed = (version: number) => server.last.say(gameStart({ version, resumed: true }));
const shown = () => client.state().shownHold;

function play(): void {
  server.last.say(hello(ROOM));
  server.last.say(gameStart());
}

describe("a pod that cannot see its store", () => {
  test("stops the game that the page shows, until GAME_START", () => {
    play();
    server.last.say(update(11, 0, { gameTime: 9000, timeRemaining: 48 }));
    server.last.close(1012);
    expect(client.state()).toMatchObject({ phase: "PLAYING", hold: "reconnecting", timeRemaining: 48 });
    passNothing();
    for (let i = 0; i < 9; i++) {
      server.last.say(paused);
      expect(client.state()).toMatchObject({ phase: "PAUSED", hold: "paused", timeRemaining: 48, gameTime: 9000 });
      expect(client.click(null)).toBe(false);
      pass(1000);
    }
    server.last.say(hello(ROOM));
    server.last.say(gameStart({ version: 12, gameTime: 9100, timeRemaining: 48, resumed: true }));
    expect(server.connections).toHaveLength(2);
    expect(client.state()).toMatchObject({ phase: "PLAYING", hold: null, gameTime: 9100 });
    expect(client.click(null)).toBe(true);
  });

  test("lets a search wait, and begins it once there is a HELLO", () => {
    client.join();
    server.last.say(paused);
    expect(client.state()).toMatchObject({ phase: "MATCHMAKING", hold: "paused" });
    expect(said()).toEqual([]);
    server.last.close(1012);
    expect(client.state().hold).toBe("paused");
    passNothing();
    server.last.say(hello());
    expect(said()).toEqual(["JOIN_QUEUE"]);
    expect(client.state().hold).toBeNull();
  });

  test("does not make us ask whether the session is still good", async () => {
    signedIn = false;
    for (let i = 0; i < 8; i++) {
      server.last.say(paused);
      server.last.close(1012);
      await vi.advanceTimersByTimeAsync(500);
    }
    expect(client.state().link).toBe("reconnecting");
  });
});

describe("a hold", () => {
  test("is shown once it has lasted 300 ms, and gone with GAME_START", () => {
    play();
    server.last.say(paused);
    pass(299);
    expect(shown()).toBeNull();
    pass(1);
    expect(shown()).toBe("paused");
    pass(700);
    server.last.say(paused);
    expect(shown()).toBe("paused");
    resumed(20);
    expect(shown()).toBeNull();
    pass(1000);
    expect(shown()).toBeNull();
  });

  test("that is shorter is never shown, however often it comes", () => {
    play();
    const seen: unknown[] = [];
    client.subscribe(() => seen.push(shown()));
    for (let i = 0; i < 10; i++) {
      server.last.say(paused);
      pass(290);
      resumed(20 + i);
      pass(20);
    }
    expect(seen.length).toBeGreaterThan(10);
    expect(seen.every((hold) => hold === null)).toBe(true);
  });

  test("of a lost connection is shown likewise, with the clock where it was", () => {
    play();
    server.last.say(update(11, 0, { timeRemaining: 40, gameTime: 25_000 }));
    server.last.close(1006);
    pass(299);
    expect(shown()).toBeNull();
    pass(1);
    expect(client.state()).toMatchObject({ shownHold: "reconnecting", timeRemaining: 40, gameTime: 25_000 });
    expect(client.click(null)).toBe(true);
    server.last.say(hello(ROOM));
    expect(shown()).toBe("reconnecting");
    resumed(12);
    expect(shown()).toBeNull();
  });

  test("that is a pause gives way to a lost connection only after a while", () => {
    play();
    server.last.say(paused);
    pass(300);
    server.last.close(1012);
    passNothing();
    expect(client.state().hold).toBe("reconnecting");
    pass(900);
    expect(shown()).toBe("paused");
    server.last.say(paused);
    pass(1400);
    expect(shown()).toBe("paused");
    server.last.close(1006);
    pass(1499);
    expect(shown()).toBe("paused");
    pass(1);
    expect(shown()).toBe("reconnecting");
  });

  test("that is a lost connection gives way to a pause as quickly as it came", () => {
    play();
    server.last.close(1006);
    pass(300);
    expect(shown()).toBe("reconnecting");
    server.last.say(paused);
    pass(299);
    expect(shown()).toBe("reconnecting");
    pass(1);
    expect(shown()).toBe("paused");
  });

  test("is gone with the game", () => {
    play();
    server.last.close(1006);
    pass(300);
    server.last.say(hello(ROOM));
    server.last.say(gameOver());
    expect(client.state()).toMatchObject({ hold: null, shownHold: null, phase: "FINISHED" });
  });
});
