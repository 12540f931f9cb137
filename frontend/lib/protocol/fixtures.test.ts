import { describe, expect, test } from "vitest";
import { fixture, fixtureNames, ROOM } from "@/lib/testing/frames";
import { encode, type ClientMessage } from "./messages";
import { parseServerMessage } from "./parse";

/** What this client says for each fixture of its side. */
const says: Record<string, ClientMessage> = {
  "join-queue": { type: "JOIN_QUEUE", payload: { game: "cookie" } },
  "join-queue-default": { type: "JOIN_QUEUE", payload: {} },
  "leave-queue": { type: "LEAVE_QUEUE", payload: {} },
  practice: { type: "PRACTICE", payload: { game: "cookie", strength: "hard" } },
  "practice-default": { type: "PRACTICE", payload: {} },
  click: { type: "CLICK", payload: { n: 17, roomId: ROOM } },
  "click-unnumbered": { type: "CLICK", payload: {} },
  "cookie-click": { type: "COOKIE_CLICK", payload: { n: 18, roomId: ROOM, cookie: 3 } },
  "cookie-click-unnumbered": { type: "COOKIE_CLICK", payload: { cookie: 3 } },
  "quit-game": { type: "QUIT_GAME", payload: {} },
};

describe("golden frames of the server", () => {
  test.each(fixtureNames("server"))("%s is understood, with every field it has", (name) => {
    const text = fixture("server", name);
    expect(parseServerMessage(text)).toEqual(JSON.parse(text));
  });

  test("there is one for every message type", () => {
    const types = fixtureNames("server").map((name) => parseServerMessage(fixture("server", name))?.type);
    expect(new Set(types)).toEqual(
      new Set([
        "HELLO",
        "QUEUED",
        "QUEUE_LEFT",
        "GAME_START",
        "UPDATE",
        "OPPONENT_CLICK",
        "COOKIE_SPAWN",
        "TOO_FAST",
        "PAUSED",
        "GAME_OVER",
        "ERROR",
      ]),
    );
  });
});

describe("golden frames of the client", () => {
  test.each(fixtureNames("client"))("%s is what this client says", (name) => {
    const message = says[name];
    expect(message, `no message for ${name}`).toBeDefined();
    if (message !== undefined) expect(JSON.parse(encode(message))).toEqual(JSON.parse(fixture("client", name)));
  });

  test("every message this client can say has a fixture", () => {
    expect(fixtureNames("client")).toEqual(Object.keys(says).sort());
  });
});
