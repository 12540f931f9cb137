/**
 * All the client knows: what the page shows, and beside it what only the client core needs.
 * The reducer maps one `Core` to the next; nothing else holds state of the game.
 */
import { emptyLedger, isClaiming, pendingPoints, type Ledger } from "@/lib/clicks";
import type { ClientMessage, ServerMessage } from "@/lib/protocol/messages";
import { initialState, type GameState, type Link, type Phase, type Strength } from "./state";

export interface Core {
  view: GameState;
  /** Of the newest GAME_START or UPDATE; lower ones come too late. */
  version: number;
  /** My points as the server counts them, before the optimistic ones. */
  myScore: number;
  ledger: Ledger;
  /** GAME_START has come on this connection, so its `ack` is known and inputs may be sent. */
  attached: boolean;
  /** What the player asked for and nobody has answered yet: said again after a reconnect. */
  wish: ClientMessage | null;
  /** The last game whose result the player has left; the server repeats GAME_OVER until a new queue. */
  left: string | null;
  /** The server and we disagree on what is going on: a fresh connection will tell. */
  doubt: boolean;
  /** HELLO named a room, of which the server will tell us by itself. */
  awaited: boolean;
  /** How many connections in a row knew nothing of the game that we believe to be in. */
  strays: number;
}

export const initialCore: Core = {
  view: initialState,
  version: 0,
  myScore: 0,
  ledger: emptyLedger,
  attached: false,
  wish: null,
  left: null,
  doubt: false,
  awaited: false,
  strays: 0,
};

export type UiEvent =
  | { type: "ui/join" }
  | { type: "ui/leave" }
  | { type: "ui/practice"; strength: Strength }
  | { type: "ui/click" }
  | { type: "ui/claim" }
  | { type: "ui/quit" }
  | { type: "ui/menu" }
  | { type: "ui/link"; link: Link }
  /** The hold has lasted long enough. */
  | { type: "ui/held" }
  /** An input went out. */
  | { type: "ui/sent"; n: number };

export type GameEvent = ServerMessage | UiEvent;

/** A game is on. */
export function isLive(phase: Phase): boolean {
  return phase === "COUNTDOWN" || phase === "PLAYING" || phase === "PAUSED";
}

/** The server has something to say at least every second, so silence is a fault. */
export function isWatched(core: Core): boolean {
  return core.awaited || isLive(core.view.phase);
}

/** Changes what the page shows; keeps the object as it is when nothing changes. */
export function show(core: Core, change: Partial<GameState>): Core {
  const keys = Object.keys(change) as (keyof GameState)[];
  if (keys.every((key) => Object.is(core.view[key], change[key]))) return core;
  return { ...core, view: { ...core.view, ...change } };
}

/** The page without any game on it. */
export function withoutGame(core: Core, change: Partial<GameState>): Core {
  const { link, playerId, shownHold } = core.view;
  const view = { ...initialState, link, playerId, shownHold, ...change };
  return { ...core, view, version: 0, myScore: 0, attached: false, strays: 0 };
}

/** Brings in a new ledger, and what the page shows of it. */
export function withLedger(core: Core, ledger: Ledger): Core {
  const { me, cookie } = core.view;
  const score = core.myScore + pendingPoints(ledger);
  return show(ledger === core.ledger ? core : { ...core, ledger }, {
    me: me === null || me.score === score ? me : { ...me, score },
    claiming: cookie !== null && isClaiming(ledger, cookie.cookie),
  });
}
