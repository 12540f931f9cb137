/**
 * The click ledger: which of my inputs the server has not acknowledged yet, and what to send when.
 * Plain data and pure functions; the time comes in as a value (ms, monotonic).
 */
import type { ClientMessage } from "@/lib/protocol/messages";

/** Beyond this many unacknowledged inputs the player has to wait for the server. */
export const MAX_PENDING = 40;
/** An input without an acknowledgement is sent again after this long. */
export const RESEND_AFTER = 1000;
/** An input that is still not acknowledged then: the connection is at fault. */
export const ACK_WITHIN = 2000;
/** Everything together, new and again: at most this many in any second. */
const MAX_PER_SECOND = 20;
/** Repeats keep this distance, so that a backlog does not use up the second of a clicking player. */
const REPEAT_SPACING = 1000 / MAX_PER_SECOND;
/** Each input behind a gap gets its own ERROR; within this time they all mean the same gap. */
const SAME_GAP = 500;

export interface Pending {
  readonly n: number;
  /** Which golden cookie it claims; null = a plain click. */
  readonly cookie: number | null;
  /** What it is likely worth, shown until the server has counted it. */
  readonly points: number;
  /** When it was last sent; null = to be sent as soon as the pace allows. */
  readonly sentAt: number | null;
  /** When it was first sent on this connection. */
  readonly waitingSince: number | null;
  /** Whether it was sent at all, on whatever connection. */
  readonly repeat: boolean;
}

export interface Ledger {
  readonly roomId: string | null;
  readonly next: number;
  readonly acked: number;
  readonly pending: readonly Pending[];
  /** Times of the latest sends, oldest first: what the pace is measured against. */
  readonly recent: readonly number[];
  readonly gap: { readonly from: number; readonly at: number } | null;
}

export const emptyLedger: Ledger = { roomId: null, next: 1, acked: 0, pending: [], recent: [], gap: null };

/** The next input, numbered; null when too many are unacknowledged. */
export function take(ledger: Ledger, cookie: number | null, points: number): Ledger | null {
  if (ledger.pending.length >= MAX_PENDING) return null;
  const input: Pending = { n: ledger.next, cookie, points, sentAt: null, waitingSince: null, repeat: false };
  return { ...ledger, next: ledger.next + 1, pending: [...ledger.pending, input] };
}

export function acknowledge(ledger: Ledger, ack: number): Ledger {
  if (ack <= ledger.acked) return ledger;
  return {
    ...ledger,
    acked: ack,
    next: Math.max(ledger.next, ack + 1),
    pending: ledger.pending.filter((input) => input.n > ack),
  };
}

/**
 * GAME_START: its `ack` is the truth. A browser that lost its counter goes on behind it, and if the
 * store has lost numbers we believed safe, what is pending moves down to follow without a gap.
 */
export function attach(ledger: Ledger, roomId: string, ack: number): Ledger {
  if (ledger.roomId !== roomId) {
    return { ...emptyLedger, roomId, next: ack + 1, acked: ack, recent: ledger.recent };
  }
  const pending = ledger.pending
    .filter((input) => input.n > ack)
    .map((input, index) => ({ ...unsent(input), n: ack + 1 + index }));
  return { ...ledger, acked: ack, next: ack + 1 + pending.length, pending, gap: null };
}

/** Nothing that was sent can be relied on: the connection is gone, or nobody hosted the game. */
export function forgetSends(ledger: Ledger): Ledger {
  if (ledger.pending.every((input) => input.sentAt === null && input.waitingSince === null)) return ledger;
  return { ...ledger, pending: ledger.pending.map(unsent), gap: null };
}

/** ERROR `resend`: send again from here. Null: that input is not ours any more, so start afresh. */
export function resendFrom(ledger: Ledger, from: number, now: number): Ledger | null {
  if (!ledger.pending.some((input) => input.n === from)) return null;
  if (ledger.gap !== null && ledger.gap.from === from && now - ledger.gap.at < SAME_GAP) return ledger;
  const pending = ledger.pending.map((input) => (input.n < from ? input : { ...input, sentAt: null }));
  return { ...ledger, pending, gap: { from, at: now } };
}

export interface Due {
  readonly n: number;
  /** When it may be sent. */
  readonly at: number;
}

/** What to send next, and when: the lowest number that is due, for one sent too early is a gap. */
export function nextDue(ledger: Ledger, now: number): Due | null {
  const { pending } = ledger;
  const next = pending.find((input) => dueAt(input) <= now) ?? soonest(pending);
  return next === null ? null : { n: next.n, at: Math.max(dueAt(next), paceAt(ledger, next.repeat)) };
}

function dueAt(input: Pending): number {
  return input.sentAt === null ? -Infinity : input.sentAt + RESEND_AFTER;
}

function soonest(pending: readonly Pending[]): Pending | null {
  return pending.reduce<Pending | null>(
    (best, input) => (best === null || dueAt(input) < dueAt(best) ? input : best),
    null,
  );
}

/** When the pace allows another send. */
function paceAt(ledger: Ledger, repeat: boolean): number {
  const { recent } = ledger;
  const oldest = recent.length < MAX_PER_SECOND ? undefined : recent[recent.length - MAX_PER_SECOND];
  const last = recent[recent.length - 1];
  return Math.max(
    oldest === undefined ? -Infinity : oldest + 1000,
    repeat && last !== undefined ? last + REPEAT_SPACING : -Infinity,
  );
}

export function markSent(ledger: Ledger, n: number, now: number): Ledger {
  return {
    ...ledger,
    recent: [...ledger.recent, now].slice(-MAX_PER_SECOND),
    pending: ledger.pending.map((input) =>
      input.n === n ? { ...input, sentAt: now, waitingSince: input.waitingSince ?? now, repeat: true } : input,
    ),
  };
}

/** When waiting for an acknowledgement becomes a fault; null = nothing is being waited for. */
export function faultAt(ledger: Ledger): number | null {
  const since = ledger.pending[0]?.waitingSince;
  return since === null || since === undefined ? null : since + ACK_WITHIN;
}

/** Points shown to the player that the server has not counted yet. */
export function pendingPoints(ledger: Ledger): number {
  return ledger.pending.reduce((sum, input) => sum + input.points, 0);
}

export function isClaiming(ledger: Ledger, cookie: number): boolean {
  return ledger.pending.some((input) => input.cookie === cookie);
}

export function toMessage(ledger: Ledger, n: number): ClientMessage | null {
  const input = ledger.pending.find((one) => one.n === n);
  if (input === undefined || ledger.roomId === null) return null;
  const { roomId } = ledger;
  if (input.cookie === null) return { type: "CLICK", payload: { n, roomId } };
  return { type: "COOKIE_CLICK", payload: { n, roomId, cookie: input.cookie } };
}

function unsent(input: Pending): Pending {
  return { ...input, sentAt: null, waitingSince: null };
}
