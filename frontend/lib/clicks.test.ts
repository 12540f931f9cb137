import { describe, expect, test } from "vitest";
import {
  ACK_WITHIN,
  MAX_PENDING,
  RESEND_AFTER,
  acknowledge,
  attach,
  emptyLedger,
  faultAt,
  forgetSends,
  isClaiming,
  markSent,
  nextDue,
  pendingPoints,
  resendFrom,
  take,
  toMessage,
  type Ledger,
} from "./clicks";

const fresh = attach(emptyLedger, "room", 0);

function taken(ledger: Ledger, clicks: number): Ledger {
  let result = ledger;
  for (let i = 0; i < clicks; i++) result = take(result, null, 1) ?? result;
  return result;
}

/** Sends whatever is due, as the client does, until nothing is due before `until`. */
function run(ledger: Ledger, from: number, until: number): { ledger: Ledger; sent: { n: number; at: number }[] } {
  const sent: { n: number; at: number }[] = [];
  let [result, now] = [ledger, from];
  for (;;) {
    const due = nextDue(result, now);
    if (due === null || Math.max(due.at, now) >= until) return { ledger: result, sent };
    now = Math.max(due.at, now);
    result = markSent(result, due.n, now);
    sent.push({ n: due.n, at: now });
  }
}

const numbers = (ledger: Ledger) => ledger.pending.map((input) => input.n);

function mostInAnySecond(times: number[]): number {
  return Math.max(...times.map((start) => times.filter((t) => t >= start && t < start + 1000).length));
}

describe("numbering", () => {
  test("inputs count up from 1", () => {
    expect(numbers(taken(fresh, 3))).toEqual([1, 2, 3]);
  });

  test("a claim of the golden cookie shares the numbers of clicks", () => {
    const ledger = take(taken(fresh, 1), 7, 0) ?? fresh;
    expect(toMessage(ledger, 1)).toEqual({ type: "CLICK", payload: { n: 1, roomId: "room" } });
    expect(toMessage(ledger, 2)).toEqual({ type: "COOKIE_CLICK", payload: { n: 2, roomId: "room", cookie: 7 } });
    expect(isClaiming(ledger, 7)).toBe(true);
    expect(isClaiming(acknowledge(ledger, 2), 7)).toBe(false);
  });

  test("beyond 40 unacknowledged inputs no more are taken", () => {
    const full = taken(fresh, MAX_PENDING);
    expect(take(full, null, 1)).toBeNull();
    expect(numbers(taken(acknowledge(full, 1), 1)).at(-1)).toBe(41);
  });

  test("an acknowledgement drops all up to it, and a lower one changes nothing", () => {
    const ledger = acknowledge(taken(fresh, 5), 3);
    expect(numbers(ledger)).toEqual([4, 5]);
    expect(acknowledge(ledger, 2)).toBe(ledger);
  });

  test("a browser that lost its counter goes on behind the acknowledged", () => {
    expect(numbers(taken(attach(emptyLedger, "room", 96), 1))).toEqual([97]);
  });

  test("a counter that lags behind what the server has skips ahead", () => {
    expect(numbers(taken(acknowledge(taken(fresh, 2), 9), 1))).toEqual([10]);
  });

  test("on coming back, what the server has is dropped and the rest is kept", () => {
    expect(numbers(attach(taken(fresh, 5), "room", 3))).toEqual([4, 5]);
  });

  test("if the store lost numbers that were safe, what is pending closes up to its count", () => {
    const ledger = attach(acknowledge(taken(fresh, 8), 6), "room", 4);
    expect(numbers(ledger)).toEqual([5, 6]);
    expect(numbers(taken(ledger, 1))).toEqual([5, 6, 7]);
  });

  test("another game starts with a clean ledger", () => {
    const ledger = attach(taken(fresh, 5), "next room", 0);
    expect(numbers(taken(ledger, 1))).toEqual([1]);
  });

  test("points count until they are acknowledged", () => {
    const ledger = take(taken(fresh, 2), null, 2) ?? fresh;
    expect(pendingPoints(ledger)).toBe(4);
    expect(pendingPoints(acknowledge(ledger, 2))).toBe(2);
  });
});

describe("sending", () => {
  test("a click goes out at once, and again after a second without an answer", () => {
    const { sent } = run(taken(fresh, 1), 0, 2 * RESEND_AFTER);
    expect(sent).toEqual([
      { n: 1, at: 0 },
      { n: 1, at: RESEND_AFTER },
    ]);
  });

  test("an acknowledged click is not sent again", () => {
    const { ledger } = run(taken(fresh, 2), 0, 500);
    expect(nextDue(acknowledge(ledger, 2), 5000)).toBeNull();
  });

  test("no more than 20 go out in any second, new ones and repeats together", () => {
    const { sent } = run(taken(fresh, MAX_PENDING), 0, 4000);
    expect(sent.length).toBeGreaterThan(60);
    expect(mostInAnySecond(sent.map(({ at }) => at))).toBe(20);
  });

  test("after a reconnect the backlog goes out in order, one every 50 ms, and new clicks behind it", () => {
    const { ledger } = run(taken(fresh, 4), 0, 500);
    const back = taken(attach(forgetSends(ledger), "room", 1), 1);
    const { sent } = run(back, 5000, 5500);
    expect(sent).toEqual([
      { n: 2, at: 5000 },
      { n: 3, at: 5050 },
      { n: 4, at: 5100 },
      { n: 5, at: 5100 },
    ]);
  });

  test("a gap sends everything from it again, and its echoes are not answered twice", () => {
    const { ledger } = run(taken(fresh, 4), 0, 500);
    const asked = resendFrom(ledger, 2, 500);
    expect(asked && nextDue(asked, 500)?.n).toBe(2);
    expect(asked && resendFrom(asked, 2, 510)).toBe(asked);
    expect(asked && run(asked, 510, 900).sent.map(({ n }) => n)).toEqual([2, 3, 4]);
  });

  test("a gap that begins before what we still have cannot be filled", () => {
    expect(resendFrom(acknowledge(taken(fresh, 4), 2), 2, 0)).toBeNull();
  });

  test("waiting for an acknowledgement is a fault after two seconds, whatever was sent again", () => {
    const { ledger } = run(taken(fresh, 1), 100, 1900);
    expect(faultAt(ledger)).toBe(100 + ACK_WITHIN);
    expect(faultAt(acknowledge(ledger, 1))).toBeNull();
  });

  test("a connection that is gone is waited for no longer", () => {
    const { ledger } = run(taken(fresh, 2), 0, 500);
    expect(faultAt(forgetSends(ledger))).toBeNull();
    expect(nextDue(forgetSends(ledger), 500)?.n).toBe(1);
  });
});
