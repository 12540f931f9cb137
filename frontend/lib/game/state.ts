/**
 * What the page can see of the player's game: the one state object, and the words for its parts.
 * Types and the starting state only; how it changes is in `reducer.ts`.
 */

export type Phase = "IDLE" | "MATCHMAKING" | "COUNTDOWN" | "PLAYING" | "PAUSED" | "FINISHED";

/** `replaced` = close 4002, `expired` = 4001, `limited` = 4029, `refused` = protocol errors. */
export type Link =
  | "offline"
  | "connecting"
  | "open"
  | "reconnecting"
  | "replaced"
  | "expired"
  | "limited"
  | "refused";

export type Strength = "easy" | "medium" | "hard";
export type Seat = "p1" | "p2";
export type Reason = "time" | "quit" | "opponent_disconnected" | "void";

/**
 * `paused` = the server waits: in a game nobody hosts it, its clock stands and no clicks are taken.
 * `reconnecting` = the game may go on without us; clicks are kept until the next GAME_START.
 * `offline` = likewise, and nobody is trying.
 */
export type Hold = "paused" | "reconnecting" | "offline";

export interface Side {
  /** Player id. */
  id: string;
  name: string;
  picture: string | null;
  /** My own is optimistic: the server's score and what it has not acknowledged yet. */
  score: number;
  /** Game time (ms) until which this side's clicks count double. */
  bonusUntil: number | null;
  bot: Strength | null;
}

/** Where it lies on the board, in percent. */
export interface GoldenCookie {
  cookie: number;
  x: number;
  y: number;
}

/** Where a click fell; the unit is the caller's own and comes back unchanged. */
export interface Point {
  x: number;
  y: number;
}

/** Something that flies up and is gone: never part of the state. */
export interface Particle {
  id: number;
  kind: "mine" | "mineDouble" | "theirs";
  /** Points. */
  count: number;
  at: Point | null;
}

export interface Result {
  outcome: "win" | "loss" | "draw" | "void";
  reason: Reason;
  myClicks: number;
  theirClicks: number;
}

export interface GameState {
  phase: Phase;
  link: Link;
  playerId: string | null;
  /** Players in the queue, this one included. */
  waiting: number;
  /** `performance.now()` when the search began. */
  waitingSince: number | null;
  roomId: string | null;
  role: Seat | null;
  practice: Strength | null;
  me: Side | null;
  opponent: Side | null;
  /** Whole seconds. */
  timeRemaining: number;
  /** Game time in ms, and the `performance.now()` when it was true. It stands still in a hold. */
  gameTime: number;
  gameTimeAt: number;
  /** Whole seconds until the first click counts, 0 from then on. */
  countdown: number;
  cookie: GoldenCookie | null;
  /** The golden cookie was clicked and nobody has answered yet: never shown as won before that. */
  claiming: boolean;
  /** `performance.now()` of the newest TOO_FAST: my own clicks came faster than they count. */
  tooFast: number | null;
  /** Of the newest PAUSED, in a game or before it, until something else is heard. */
  pausedReason: string | null;
  hold: Hold | null;
  /** The hold, once it has lasted long enough to be shown. */
  shownHold: Hold | null;
  result: Result | null;
  error: string | null;
}

export const initialState: GameState = {
  phase: "IDLE",
  link: "offline",
  playerId: null,
  waiting: 0,
  waitingSince: null,
  roomId: null,
  role: null,
  practice: null,
  me: null,
  opponent: null,
  timeRemaining: 0,
  gameTime: 0,
  gameTimeAt: 0,
  countdown: 0,
  cookie: null,
  claiming: false,
  tooFast: null,
  pausedReason: null,
  hold: null,
  shownHold: null,
  result: null,
  error: null,
};
