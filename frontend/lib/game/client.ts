/**
 * Joins socket, reducer and ledger: the one place where state turns into frames and timers.
 * No React, so the whole client runs in a test against a socket of paper.
 */
import { faultAt, nextDue, toMessage } from "@/lib/clicks";
import { pageClock, type Cancel, type Clock } from "@/lib/clock";
import type { ServerMessage } from "@/lib/protocol/messages";
import { GameSocket, pageParts, type SocketParts } from "@/lib/socket";
import { clickWorth } from "./board";
import { initialCore, isWatched, type Core, type GameEvent } from "./core";
import { shownAfter } from "./hold";
import { reduce } from "./reducer";
import type { GameState, Link, Particle, Point, Strength } from "./state";

/** A queue that could not be reached is asked again after this long. */
const ASK_AGAIN = 1000;
/** Every so many failures in a row we ask whether it is the session that is at fault. */
const ASK_SESSION_EVERY = 4;

export interface ClientParts extends SocketParts {
  /** Whether the session is still good. The browser hides why an upgrade was refused. */
  signedIn(): Promise<boolean>;
}

export class GameClient {
  private core: Core = initialCore;
  private readonly socket: GameSocket;
  private readonly clock: Clock;
  private readonly changed = new Set<() => void>();
  private readonly particles = new Set<(particle: Particle) => void>();
  private particleId = 0;
  private everOpen = false;
  private cancelWake: Cancel = () => {};
  private cancelAskAgain: Cancel = () => {};
  private cancelShow: Cancel = () => {};

  constructor(private readonly parts: ClientParts) {
    this.clock = parts.clock;
    this.socket = new GameSocket(
      {
        message: (message) => this.heard(message),
        link: (link) => this.linked(link),
        failed: (failures) => this.failed(failures),
      },
      parts,
    );
  }

  readonly state = (): GameState => this.core.view;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.changed.add(listener);
    return () => this.changed.delete(listener);
  };

  readonly onParticle = (listener: (particle: Particle) => void): (() => void) => {
    this.particles.add(listener);
    return () => this.particles.delete(listener);
  };

  readonly connect = (): void => this.socket.connect();
  readonly nudge = (): void => this.socket.nudge();
  readonly playHere = (): void => this.socket.connect();

  /** Who leaves the page is found by no opponent; a game goes on, and waits for us to come back. */
  readonly disconnect = (): void => {
    this.leave();
    this.cancelAskAgain();
    this.socket.close();
  };

  readonly join = (): void => this.wish({ type: "ui/join" });
  readonly leave = (): void => this.wish({ type: "ui/leave" });
  readonly practice = (strength: Strength): void => this.wish({ type: "ui/practice", strength });
  readonly quit = (): void => this.wish({ type: "ui/quit" });
  readonly backToMenu = (): void => this.dispatch({ type: "ui/menu" });
  readonly claimGolden = (): void => this.dispatch({ type: "ui/claim" });

  readonly click = (at: Point | null): boolean => {
    const before = this.core.ledger;
    const count = clickWorth(this.core.view, this.clock.now());
    this.dispatch({ type: "ui/click" });
    if (this.core.ledger.next === before.next) return false;
    this.emit({ kind: count > 1 ? "mineDouble" : "mine", count, at });
    return true;
  };

  private wish(event: GameEvent): void {
    const before = this.core.wish;
    this.dispatch(event);
    if (this.core.wish !== before) this.sayWish();
  }

  private sayWish(): void {
    this.cancelAskAgain();
    // What the server is about to tell of our game comes first, and may answer the wish.
    if (this.core.wish !== null && !this.core.awaited) this.socket.ask(this.core.wish);
  }

  private heard(message: ServerMessage): void {
    this.dispatch(message);
    const { wish, view } = this.core;
    switch (message.type) {
      case "HELLO":
        if (wish?.type !== "QUIT_GAME") this.sayWish();
        break;
      case "GAME_START":
        // Only now does the connection have a seat to give up.
        if (wish?.type === "QUIT_GAME") this.sayWish();
        break;
      case "GAME_OVER":
        // Of an old game, and we want a new one.
        if (view.phase === "MATCHMAKING") this.sayWish();
        break;
      case "OPPONENT_CLICK":
        if (view.phase === "PLAYING") this.emit({ kind: "theirs", count: message.payload.count, at: null });
        break;
      case "ERROR":
        if (message.payload.code === "queue_unavailable" && view.phase === "MATCHMAKING") this.askAgain();
        break;
    }
  }

  private askAgain(): void {
    this.cancelAskAgain();
    this.cancelAskAgain = this.clock.after(ASK_AGAIN, () => this.sayWish());
  }

  private linked(link: Link): void {
    if (link === "open") this.everOpen = true;
    this.dispatch({ type: "ui/link", link });
  }

  private failed(failures: number): void {
    const ask = failures % ASK_SESSION_EVERY === 0 || (failures === 1 && !this.everOpen);
    if (!ask) return;
    void this.parts.signedIn().then((yes) => {
      const stillOut = this.core.view.link === "reconnecting" || this.core.view.link === "connecting";
      if (!yes && stillOut) this.socket.expire();
    });
  }

  private dispatch(event: GameEvent): void {
    const before = this.core;
    this.core = reduce(before, event, this.clock.now());
    if (this.core.view.hold !== before.view.hold) this.showHold();
    if (this.core !== before) this.act();
    if (this.core.view !== before.view) for (const listener of this.changed) listener();
  }

  /** What the new state asks for: frames that are due, and a timer for what is due next. */
  private act(): void {
    this.cancelWake();
    this.socket.watch(isWatched(this.core));
    if (this.core.doubt) return this.socket.restart();
    if (!this.core.attached || this.core.view.phase !== "PLAYING") return;
    const now = this.clock.now();
    const fault = faultAt(this.core.ledger);
    if (fault !== null && fault <= now) return this.socket.restart();
    const due = nextDue(this.core.ledger, now);
    if (due !== null && due.at <= now) return this.sendInput(due.n);
    const wake = Math.min(due?.at ?? Infinity, fault ?? Infinity);
    if (wake < Infinity) this.cancelWake = this.clock.after(wake - now, () => this.act());
  }

  private sendInput(n: number): void {
    const message = toMessage(this.core.ledger, n);
    // Each one that went out is an event of its own, and so brings the next one's turn.
    if (message !== null && this.socket.send(message)) this.dispatch({ type: "ui/sent", n });
  }

  private showHold(): void {
    this.cancelShow();
    const { view } = this.core;
    if (view.hold === view.shownHold) return;
    this.cancelShow = this.clock.after(shownAfter(view), () => this.dispatch({ type: "ui/held" }));
  }

  private emit(particle: Omit<Particle, "id">): void {
    const whole: Particle = { ...particle, id: ++this.particleId };
    for (const listener of this.particles) listener(whole);
  }
}

export function pageClient(signedIn: () => Promise<boolean>): GameClient {
  return new GameClient({ ...pageParts, clock: pageClock, signedIn });
}
