import { describe, expect, test } from "vitest";
import { fixture } from "@/lib/testing/frames";
import { parseServerMessage } from "./parse";

function changed(name: string, change: Record<string, unknown>): string {
  const frame = JSON.parse(fixture("server", name)) as { type: string; payload: object };
  return JSON.stringify({ ...frame, payload: { ...frame.payload, ...change } });
}

describe("a frame of the server", () => {
  test.each(["", "{", "null", "[]", "7", '"HELLO"', "{}", '{"type":7,"payload":{}}', '{"type":"HELLO"}'])(
    "that is no message is not understood: %s",
    (text) => expect(parseServerMessage(text)).toBeNull(),
  );

  test("of an unknown type is not understood", () => {
    expect(parseServerMessage('{"type":"FANFARE","payload":{}}')).toBeNull();
  });

  test("may carry unknown fields, which are left out", () => {
    const known = parseServerMessage(fixture("server", "queued"));
    expect(parseServerMessage(changed("queued", { weather: "fine" }))).toEqual(known);
  });

  test.each([
    ["hello", { playerId: 7 }],
    ["game-start", { role: "p3" }],
    ["game-start", { p1Score: -1 }],
    ["game-start", { ack: 1.5 }],
    ["game-start", { version: undefined }],
    ["game-start", { cookie: { cookie: 1 } }],
    ["game-start", { practice: "brutal" }],
    ["update", { version: "9" }],
    ["update", { p2Score: null }],
    ["game-over", { reason: "boredom" }],
    ["opponent-click", { count: "many" }],
    ["too-fast", { count: -1 }],
  ])("%s with %o is not understood", (name, change) => {
    expect(parseServerMessage(changed(name, change))).toBeNull();
  });

  test("UPDATE may leave out what did not change, and a null is not the same as nothing", () => {
    const text = '{"type":"UPDATE","payload":{"version":4,"ack":2,"cookie":null}}';
    expect(parseServerMessage(text)?.payload).toStrictEqual({ version: 4, ack: 2, cookie: null });
  });
});
