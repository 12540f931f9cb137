/**
 * The one WebSocket to the server: connects, notices silence, comes back. Knows nothing of the game
 * but the HELLO that makes a connection a good one and the PAUSED that asks for patience before it, and
 * nothing of React.
 */
import { backoff, moveDelay } from "./backoff";
import { pageClock, type Cancel, type Clock } from "./clock";
import { afterClose } from "./closeCodes";
import type { Link } from "./game/state";
import { encode, type ClientMessage, type ServerMessage } from "./protocol/messages";
import { parseServerMessage } from "./protocol/parse";

/** An attempt without HELLO is given up after this long. */
export const HELLO_WITHIN = 1000;
/** One that says PAUSED meanwhile is given up after this long; the server sends us on sooner. */
export const KEPT_FOR = 12_000;
/** While something must come, this much silence is a fault. */
export const SILENCE = 1500;
/** A timer this late means that the page stood still, and frames may be waiting behind it. */
const LATE = 250;
/** A connection that lived this long clears the record of failures, or of moves, before it. */
const GOOD_AFTER = 2000;

/** One connection, open or opening. */
export interface Wire {
  send(frame: string): void;
  close(code?: number): void;
}

export interface WireEvents {
  message(data: unknown): void;
  close(code: number): void;
}

export interface SocketEvents {
  message(message: ServerMessage): void;
  link(link: Link): void;
  /** An attempt failed before HELLO: the browser does not tell why, so somebody may want to ask. */
  failed(failures: number): void;
}

export interface SocketParts {
  open(events: WireEvents): Wire;
  clock: Clock;
  random(): number;
}

/** Same origin as the page, so no configuration and no CORS. */
export function socketUrl(location: Pick<Location, "protocol" | "host">): string {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`;
}

export const pageParts: SocketParts = {
  open(events) {
    const socket = new WebSocket(socketUrl(window.location));
    socket.onmessage = ({ data }) => events.message(data);
    socket.onclose = ({ code }) => events.close(code);
    return {
      // Between the server's goodbye and `onclose` nothing is carried; what is lost is sent again on the next one.
      send: (frame) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(frame);
      },
      close: (code) => socket.close(code),
    };
  },
  clock: pageClock,
  random: Math.random,
};

export class GameSocket {
  private wire: Wire | null = null;
  private link: Link = "offline";
  private failures = 0;
  /** How often in a row a pod has sent us on at once. */
  private moves = 0;
  private openedAt = 0;
  private helloAt: number | null = null;
  /** PAUSED came before HELLO: the pod is there and cannot see its store, so this attempt may last. */
  private kept = false;
  private heardAt = 0;
  /** A game is on, so something comes every second. */
  private watched = false;
  /** We said something that gets an answer. */
  private asked = false;
  /** HELLO is due, or the next attempt: never both. */
  private cancelAttempt: Cancel = () => {};
  private cancelSilence: Cancel = () => {};

  constructor(
    private readonly events: SocketEvents,
    private readonly parts: SocketParts = pageParts,
  ) {}

  /** Connects unless it is about to anyhow. Also the way back from `replaced` and the like. */
  connect(): void {
    if (this.wire !== null || this.link === "reconnecting" || this.link === "limited") return;
    this.failures = 0;
    this.attempt("connecting");
  }

  /** The page leaves. */
  close(): void {
    this.drop(1000);
    this.setLink("offline");
  }

  /** This connection cannot be trusted any more: drop it and come back. */
  restart(): void {
    if (this.wire !== null) this.lost();
  }

  /** The network or the page woke up: no use in waiting out the delay. */
  nudge(): void {
    if (this.wire === null && (this.link === "reconnecting" || this.link === "offline")) {
      this.attempt("reconnecting");
    }
  }

  /** Signing in would help, trying again would not. */
  expire(): void {
    this.stay("expired");
  }

  /** Says whether it went out. */
  send(message: ClientMessage): boolean {
    if (this.wire === null || this.link !== "open") return false;
    this.wire.send(encode(message));
    return true;
  }

  /** Sends something that is answered, so that silence after it is a fault too. */
  ask(message: ClientMessage): boolean {
    if (!this.send(message)) return false;
    if (!this.asked && !this.watched) this.heardAt = this.parts.clock.now();
    this.asked = true;
    this.listen();
    return true;
  }

  /** Whether a game is on. */
  watch(on: boolean): void {
    if (on === this.watched) return;
    this.watched = on;
    if (on) this.heardAt = this.parts.clock.now();
    this.listen();
  }

  private attempt(link: Link): void {
    this.drop();
    this.setLink(link);
    this.openedAt = this.parts.clock.now();
    this.cancelAttempt = this.parts.clock.after(HELLO_WITHIN, () => this.lost());
    const wire = this.parts.open({
      message: (data) => this.wire === wire && this.heard(data),
      close: (code) => this.wire === wire && this.closed(code),
    });
    this.wire = wire;
  }

  private heard(data: unknown): void {
    this.heardAt = this.parts.clock.now();
    this.asked = false;
    const message = typeof data === "string" ? parseServerMessage(data) : null;
    if (message?.type === "HELLO" && this.helloAt === null) {
      this.cancelAttempt();
      this.helloAt = this.heardAt;
      this.setLink("open");
    }
    if (message?.type === "PAUSED" && this.helloAt === null) this.keep();
    // Nothing but PAUSED may come before HELLO: the rest is not from our server.
    if (message !== null && (this.helloAt !== null || this.kept)) this.events.message(message);
    this.listen();
  }

  /** From here on the attempt is judged by silence, like any connection that owes us something. */
  private keep(): void {
    if (this.kept) return;
    this.kept = true;
    this.cancelAttempt();
    const left = this.openedAt + KEPT_FOR - this.parts.clock.now();
    this.cancelAttempt = this.parts.clock.after(left, () => this.lost());
  }

  private closed(code: number): void {
    const next = afterClose(code);
    switch (next.kind) {
      case "reconnect":
        return this.lost();
      case "move":
        return this.move();
      case "later":
        this.stay(next.link);
        this.cancelAttempt = this.parts.clock.after(next.delay, () => this.attempt("reconnecting"));
        return;
      case "stay":
        return this.stay(next.link);
    }
  }

  private stay(link: Link): void {
    this.drop();
    this.setLink(link);
  }

  private lost(): void {
    const spoke = this.helloAt !== null || this.kept;
    this.forgive();
    this.comeBackAfter(backoff(this.failures, this.parts.random()));
    this.failures += 1;
    if (!spoke) this.events.failed(this.failures);
  }

  /** Told to go elsewhere: no failure, before HELLO or after it. */
  private move(): void {
    this.forgive();
    if (this.parts.clock.now() - this.openedAt >= GOOD_AFTER) this.moves = 0;
    this.moves += 1;
    this.comeBackAfter(moveDelay(this.moves, this.parts.random()));
  }

  private forgive(): void {
    if (this.helloAt !== null && this.parts.clock.now() - this.helloAt >= GOOD_AFTER) this.failures = 0;
  }

  private comeBackAfter(delay: number): void {
    // What was said on a kept attempt holds no longer, although the link is called the same.
    const news = this.kept;
    this.drop();
    this.cancelAttempt = this.parts.clock.after(delay, () => this.attempt("reconnecting"));
    this.setLink("reconnecting", news);
  }

  /** Lets go of the connection and of every timer. What it may still say is not heard. */
  private drop(code?: number): void {
    this.cancelAttempt();
    this.cancelSilence();
    this.helloAt = null;
    this.kept = false;
    this.asked = false;
    const wire = this.wire;
    this.wire = null;
    wire?.close(code);
  }

  /** One timer for the moment when silence becomes a fault. */
  private listen(): void {
    this.cancelSilence();
    const owesHello = this.helloAt === null;
    if (owesHello ? !this.kept : !(this.watched || this.asked)) return;
    const wait = this.heardAt + SILENCE - this.parts.clock.now();
    this.cancelSilence = this.parts.clock.after(Math.max(0, wait), () => this.silent(this.heardAt + SILENCE));
  }

  private silent(due: number): void {
    if (this.parts.clock.now() - due < LATE) return this.lost();
    this.cancelSilence = this.parts.clock.after(LATE, () => this.lost());
  }

  private setLink(link: Link, news = false): void {
    if (link === this.link && !news) return;
    this.link = link;
    this.events.link(link);
  }
}
