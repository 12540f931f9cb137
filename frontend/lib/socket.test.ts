import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Link } from "./game/state";
import type { ServerMessage } from "./protocol/messages";
import { GameSocket, HELLO_WITHIN, KEPT_FOR, SILENCE, socketUrl } from "./socket";
import { hello, serverFrame } from "./testing/frames";
import { PaperServer } from "./testing/paperServer";

let server: PaperServer;
let socket: GameSocket;
let links: Link[];
let heard: ServerMessage[];
let failed: number[];

beforeEach(() => {
  vi.useFakeTimers();
  server = new PaperServer();
  [links, heard, failed] = [[], [], []];
  socket = new GameSocket(
    {
      message: (message) => void heard.push(message),
      link: (link) => void links.push(link),
      failed: (failures) => void failed.push(failures),
    },
    server.parts,
  );
});

afterEach(() => vi.useRealTimers());

function open(): void {
  socket.connect();
  server.last.say(hello());
}

const pass = (ms: number) => vi.advanceTimersByTime(ms);
/** A delay of 0 is still a timer, and one set by a timer takes a millisecond. */
const passNothing = () => pass(1);
const attempts = () => server.connections.length;

/** Closes the connection, and answers how long it takes until the next attempt. */
function delayAfter(code: number): number {
  const closedAt = performance.now();
  const before = attempts();
  server.last.close(code);
  while (attempts() === before) vi.advanceTimersToNextTimer();
  return server.last.openedAt - closedAt;
}

test("the address is that of the page", () => {
  expect(socketUrl({ protocol: "http:", host: "localhost:8080" })).toBe("ws://localhost:8080/ws");
  expect(socketUrl({ protocol: "https:", host: "overcookied.example" })).toBe("wss://overcookied.example/ws");
});

describe("connecting", () => {
  test("a connection is open once HELLO has come, and not before", () => {
    socket.connect();
    expect(links).toEqual(["connecting"]);
    expect(socket.send({ type: "LEAVE_QUEUE", payload: {} })).toBe(false);
    server.last.say(hello());
    expect(links).toEqual(["connecting", "open"]);
    expect(heard.map(({ type }) => type)).toEqual(["HELLO"]);
    expect(socket.send({ type: "LEAVE_QUEUE", payload: {} })).toBe(true);
  });

  test("connecting twice makes one connection", () => {
    socket.connect();
    socket.connect();
    server.last.say(hello());
    socket.connect();
    expect(attempts()).toBe(1);
  });

  test("an attempt without HELLO is given up after a second", () => {
    socket.connect();
    pass(HELLO_WITHIN - 1);
    expect(server.last.closedByClient).toBeNull();
    pass(1);
    expect(server.connections[0]?.closedByClient).toBe(true);
    expect(links.at(-1)).toBe("reconnecting");
    expect(failed).toEqual([1]);
    passNothing();
    expect(attempts()).toBe(2);
  });

  test("what a dropped connection still says is not heard", () => {
    open();
    const old = server.last;
    socket.restart();
    old.say(serverFrame("queued"));
    old.close(4002);
    expect(heard.map(({ type }) => type)).toEqual(["HELLO"]);
    expect(links.at(-1)).toBe("reconnecting");
  });

  test("frames that are no messages end nothing", () => {
    open();
    server.last.sayText("what?");
    server.last.sayText(new ArrayBuffer(2));
    expect(links.at(-1)).toBe("open");
    expect(heard).toHaveLength(1);
  });

  test("a network that wakes up is not kept waiting", () => {
    open();
    for (let i = 0; i < 6; i++) {
      server.last.close(1006);
      passNothing();
      socket.nudge();
    }
    expect(attempts()).toBe(7);
  });

  test("a page that has left stays away", () => {
    open();
    socket.close();
    expect(server.last.closedByClient).toBe(1000);
    pass(60_000);
    expect(attempts()).toBe(1);
    expect(links.at(-1)).toBe("offline");
  });
});

describe("PAUSED before HELLO", () => {
  const paused = serverFrame("paused");

  /** The pod says that it waits for its store. */
  function passWaiting(ms: number): void {
    for (let passed = 0; passed < ms; passed += 1000) {
      server.last.say(paused);
      pass(Math.min(1000, ms - passed));
    }
  }

  test("keeps the attempt, which is open with HELLO and not before", () => {
    socket.connect();
    pass(HELLO_WITHIN - 1);
    passWaiting(5000);
    expect(attempts()).toBe(1);
    expect(links).toEqual(["connecting"]);
    expect(heard.map(({ type }) => type)).toEqual(Array(5).fill("PAUSED"));
    expect(socket.send({ type: "LEAVE_QUEUE", payload: {} })).toBe(false);
    server.last.say(hello());
    expect(links).toEqual(["connecting", "open"]);
    pass(60_000);
    expect(attempts()).toBe(1);
  });

  test("keeps it for twelve seconds and no longer", () => {
    socket.connect();
    passWaiting(KEPT_FOR - 1);
    expect(attempts()).toBe(1);
    pass(1);
    passNothing();
    expect(attempts()).toBe(2);
    expect(server.connections[0]?.closedByClient).toBe(true);
    expect(failed).toEqual([]);
  });

  test("is a sign of life: without a next one the attempt is lost", () => {
    socket.connect();
    passWaiting(2000);
    server.last.say(paused);
    pass(SILENCE - 1);
    expect(attempts()).toBe(1);
    pass(1);
    passNothing();
    expect(attempts()).toBe(2);
  });

  test("is all that is heard before HELLO, and does not count for the next attempt", () => {
    socket.connect();
    server.last.say(serverFrame("queued"));
    server.last.say(paused);
    expect(heard.map(({ type }) => type)).toEqual(["PAUSED"]);
    server.last.close(1006);
    passNothing();
    expect(attempts()).toBe(2);
    server.last.say(serverFrame("queued"));
    expect(heard).toHaveLength(1);
    pass(HELLO_WITHIN);
    expect(server.connections[1]?.closedByClient).toBe(true);
  });

  test("and then 1012 sends us on at once, however often", () => {
    socket.connect();
    for (let i = 1; i <= 10; i++) {
      passWaiting(10_000);
      server.last.close(1012);
      passNothing();
      expect(attempts()).toBe(i + 1);
    }
    expect(failed).toEqual([]);
  });
});

describe("the delays", () => {
  test("grow from failure to failure, and a good connection sets them back", () => {
    socket.connect();
    const delays: number[] = [];
    for (let i = 0; i < 13; i++) delays.push(delayAfter(1006));
    expect(delays).toEqual([0, 100, 200, 300, 300, 300, 300, 300, 300, 300, 300, 600, 1200]);
    server.last.say(hello());
    pass(2000);
    expect(delayAfter(1006)).toBe(0);
  });

  test("are not set back by a server that greets and hangs up", () => {
    socket.connect();
    const delays: number[] = [];
    for (let i = 0; i < 4; i++) {
      server.last.say(hello());
      delays.push(delayAfter(1006));
    }
    expect(delays).toEqual([0, 100, 200, 300]);
  });
});

describe("the close codes", () => {
  test.each<[number, Link]>([
    [1000, "offline"],
    [1001, "offline"],
    [1002, "refused"],
    [1003, "refused"],
    [1007, "refused"],
    [1009, "refused"],
    [4001, "expired"],
    [4002, "replaced"],
  ])("after %i we are %s and stay away until asked", (code, link) => {
    open();
    server.last.close(code);
    pass(60_000);
    expect(links.at(-1)).toBe(link);
    expect(attempts()).toBe(1);
    socket.connect();
    expect(attempts()).toBe(2);
    expect(links.at(-1)).toBe("connecting");
  });

  test("after 1012 we come back at once, each at a moment of its own", () => {
    server.random = 0.5;
    open();
    server.last.close(1012);
    pass(49);
    expect(attempts()).toBe(1);
    pass(1);
    expect(attempts()).toBe(2);
  });

  test("1012 is no failure: it neither waits out a backoff nor makes the next one longer", () => {
    socket.connect();
    const delays = [1006, 1006, 1006, 1012, 1012, 1006].map(delayAfter);
    expect(delays).toEqual([0, 100, 200, 0, 0, 300]);
    expect(failed).toEqual([1, 2, 3, 4]);
  });

  test("a good connection that ends with 1012 clears the failures before it", () => {
    socket.connect();
    expect([1006, 1006, 1006].map(delayAfter)).toEqual([0, 100, 200]);
    server.last.say(hello());
    pass(2000);
    expect([1012, 1006, 1006].map(delayAfter)).toEqual([0, 0, 100]);
  });

  test("pods that send us on again and again are given time, until one takes us", () => {
    open();
    const delays = Array.from({ length: 8 }, () => delayAfter(1012));
    expect(delays).toEqual([0, 0, 0, 0, 0, 100, 200, 400]);
    server.last.say(hello());
    pass(2000);
    expect(delayAfter(1012)).toBe(0);
  });

  test("after 4029 we are limited, and come back after ten seconds and no sooner", () => {
    open();
    server.last.close(4029);
    expect(links.at(-1)).toBe("limited");
    socket.connect();
    socket.nudge();
    pass(9_999);
    expect(attempts()).toBe(1);
    pass(1);
    expect(attempts()).toBe(2);
  });

  test.each([1005, 1006, 1011, 1013, 4999])("%i is a fault like any other: we come back", (code) => {
    open();
    server.last.close(code);
    expect(links.at(-1)).toBe("reconnecting");
    passNothing();
    expect(attempts()).toBe(2);
  });
});

describe("silence", () => {
  test("is nothing to worry about while no game is on", () => {
    open();
    pass(60_000);
    expect(attempts()).toBe(1);
  });

  test("of 1.5 s in a game is a fault", () => {
    open();
    socket.watch(true);
    pass(1000);
    server.last.say(serverFrame("paused"));
    pass(SILENCE - 1);
    expect(attempts()).toBe(1);
    pass(1);
    expect(links.at(-1)).toBe("reconnecting");
    passNothing();
    expect(attempts()).toBe(2);
    expect(server.connections[0]?.closedByClient).toBe(true);
  });

  test("after HELLO of a reconnect in a game is a fault too", () => {
    open();
    socket.watch(true);
    pass(SILENCE);
    passNothing();
    expect(attempts()).toBe(2);
    server.last.say(hello());
    pass(SILENCE);
    expect(links.at(-1)).toBe("reconnecting");
  });

  test("ends to matter with the game", () => {
    open();
    socket.watch(true);
    socket.watch(false);
    pass(60_000);
    expect(attempts()).toBe(1);
  });

  test("after a question is a fault, after its answer it is not", () => {
    open();
    pass(10_000);
    socket.ask({ type: "JOIN_QUEUE", payload: {} });
    pass(100);
    server.last.say(serverFrame("queued"));
    pass(60_000);
    expect(attempts()).toBe(1);
    socket.ask({ type: "JOIN_QUEUE", payload: {} });
    pass(SILENCE);
    expect(links.at(-1)).toBe("reconnecting");
  });

  test("that a page slept through is forgiven, if its frames were only waiting", () => {
    open();
    socket.watch(true);
    const now = vi.spyOn(server.parts.clock, "now").mockImplementation(() => performance.now() + 60_000);
    pass(SILENCE);
    server.last.say(serverFrame("paused"));
    now.mockRestore();
    expect(attempts()).toBe(1);
    expect(links.at(-1)).toBe("open");
  });
});
