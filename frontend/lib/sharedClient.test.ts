import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { hold, sharedClient } from "./sharedClient";

class BrowserSocket {
  static opened: BrowserSocket[] = [];
  closed = false;

  constructor(readonly url: string) {
    BrowserSocket.opened.push(this);
  }

  close(): void {
    this.closed = true;
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  BrowserSocket.opened = [];
  vi.stubGlobal("WebSocket", BrowserSocket);
  const page = new EventTarget();
  vi.stubGlobal("window", Object.assign(page, { location: { protocol: "https:", host: "overcookied.example" } }));
  vi.stubGlobal("document", new EventTarget());
});

afterEach(() => {
  vi.advanceTimersByTime(1000);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("React that mounts, unmounts and mounts again keeps one connection", () => {
  hold()();
  const release = hold();
  vi.advanceTimersByTime(900);
  expect(BrowserSocket.opened.map(({ url, closed }) => [url, closed])).toEqual([["wss://overcookied.example/ws", false]]);
  release();
});

test("two components share the connection, and it goes when both are gone", () => {
  const [one, other] = [hold(), hold()];
  one();
  vi.advanceTimersByTime(600);
  expect(BrowserSocket.opened).toHaveLength(1);
  expect(BrowserSocket.opened[0]?.closed).toBe(false);
  other();
  vi.advanceTimersByTime(500);
  expect(BrowserSocket.opened[0]?.closed).toBe(true);
  expect(sharedClient().state().link).toBe("offline");
});

test("after the last has gone, the next connects anew", () => {
  hold()();
  vi.advanceTimersByTime(600);
  const release = hold();
  expect(BrowserSocket.opened).toHaveLength(2);
  release();
});
