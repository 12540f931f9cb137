/**
 * Every frame of the wire, as types: what this client may say and what the server may say.
 * `parse.ts` checks at run time what the server really said; the fixtures in `protocol/fixtures`
 * hold both sides of the wire to the same bytes.
 */
import type { GoldenCookie, Reason, Seat, Strength } from "@/lib/game/state";

export const PROTOCOL = 1;
export const GAME = "cookie";

/**
 * `n` numbers this player's inputs in this game: 1, 2, 3 … The wire lets both fields be left out;
 * this client always sends both (`clicks.ts`), since without them a click cannot be sent twice.
 */
export interface InputPayload {
  n?: number;
  roomId?: string;
}

export type ClientMessage =
  | { type: "JOIN_QUEUE"; payload: { game?: typeof GAME } }
  | { type: "LEAVE_QUEUE"; payload: Record<string, never> }
  | { type: "PRACTICE"; payload: { game?: typeof GAME; strength?: Strength } }
  | { type: "CLICK"; payload: InputPayload }
  | { type: "COOKIE_CLICK"; payload: InputPayload & { cookie: number } }
  | { type: "QUIT_GAME"; payload: Record<string, never> };

/** Who plays whom. */
export interface Table {
  roomId: string;
  game: string;
  role: Seat;
  /** Player id. */
  opponent: string;
  p1Name: string;
  p2Name: string;
  p1Picture: string | null;
  p2Picture: string | null;
  /** Not null: the other seat is a bot of the server's, and the game is not ranked. */
  practice: Strength | null;
}

/** Game times (ms) until which a seat's clicks count double. */
export interface Bonus {
  p1: number | null;
  p2: number | null;
}

/** Absolute values: the newest replaces all before it. */
export interface Standing {
  /** Whole seconds, rounded up. */
  timeRemaining: number;
  /** Milliseconds since the game began, countdown included. */
  gameTime: number;
  countdown: number;
  p1Score: number;
  p2Score: number;
  cookie: GoldenCookie | null;
  bonusUntil: Bonus | null;
}

/** `ack` = the highest input of mine that is safe in the store. */
export interface Commit {
  version: number;
  ack: number;
}

export interface Hello {
  protocol: number;
  playerId: string;
  serverTime: number;
  roomId: string | null;
}

export interface QueueState {
  game: string;
  waiting: number;
}

export type GameStart = Table & Standing & Commit & { resumed: boolean };
export type Update = Partial<Standing> & Commit & { goldenCookieClaimedBy?: string | null };

export interface GameOver extends Table {
  /** Player id, or `draw`. */
  winner: string;
  reason: Reason;
  p1Score: number;
  p2Score: number;
  p1Clicks: number;
  p2Clicks: number;
  ack: number;
}

export interface ErrorPayload {
  code: string;
  message: string;
  /** With code `resend`: the input the server expects next. */
  from?: number | null;
}

export type ServerMessage =
  | { type: "HELLO"; payload: Hello }
  | { type: "QUEUED"; payload: QueueState }
  | { type: "QUEUE_LEFT"; payload: QueueState }
  | { type: "GAME_START"; payload: GameStart }
  | { type: "UPDATE"; payload: Update }
  | { type: "OPPONENT_CLICK"; payload: { count: number } }
  | { type: "COOKIE_SPAWN"; payload: GoldenCookie }
  | { type: "PAUSED"; payload: { reason: string } }
  | { type: "GAME_OVER"; payload: GameOver }
  | { type: "ERROR"; payload: ErrorPayload };

export function encode(message: ClientMessage): string {
  return JSON.stringify(message);
}
