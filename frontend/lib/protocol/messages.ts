/**
 * Every frame of the wire, as types: what this client may say and what the server may say. The parts
 * are generated from the server's own types (`generated/`, kept true by a test of the server); here
 * they are put together. `parse.ts` checks at run time what the server really said; the fixtures in
 * `protocol/fixtures` hold both sides of the wire to the same bytes.
 */
import type { Commit } from "./generated/Commit";
import type { CookieClick } from "./generated/CookieClick";
import type { CookieEvent } from "./generated/CookieEvent";
import type { CookieRemark } from "./generated/CookieRemark";
import type { CookieView } from "./generated/CookieView";
import type { ErrorCode } from "./generated/ErrorCode";
import type { GameStart as GameStartTable } from "./generated/GameStart";
import type { InputHeader } from "./generated/InputHeader";
import type { JoinQueue } from "./generated/JoinQueue";
import type { Practice } from "./generated/Practice";
import type { ServerMsg } from "./generated/ServerMsg";

export type { Commit } from "./generated/Commit";
export type { GameOver } from "./generated/GameOver";
export type { Hello } from "./generated/Hello";
export type { Queue as QueueState } from "./generated/Queue";

export const PROTOCOL = 1;
export const GAME = "cookie";

/**
 * `n` numbers this player's inputs in this game: 1, 2, 3 … The wire lets both fields be left out;
 * this client always sends both (`clicks.ts`), since without them a click cannot be sent twice.
 */
export type InputPayload = InputHeader;

export type ClientMessage =
  | { type: "JOIN_QUEUE"; payload: JoinQueue }
  | { type: "LEAVE_QUEUE"; payload: Record<string, never> }
  | { type: "PRACTICE"; payload: Practice }
  | { type: "CLICK"; payload: InputHeader }
  | { type: "COOKIE_CLICK"; payload: InputHeader & CookieClick }
  | { type: "QUIT_GAME"; payload: Record<string, never> };

/** Who plays whom. */
export type Table = Omit<GameStartTable, "resumed">;

/** Absolute values: the newest replaces all before it. */
export type Standing = CookieView;

/** Game times (ms) until which a seat's clicks count double. */
export type Bonus = NonNullable<CookieView["bonusUntil"]>;

export type GameStart = GameStartTable & Standing & Commit;
export type Update = Partial<Standing> & Commit & Partial<CookieRemark>;

export interface ErrorPayload {
  /** One of {@link ErrorCode}, or one that a newer server has added. */
  code: ErrorCode | (string & {});
  message: string;
  /** With code `resend`: the input the server expects next. */
  from?: number | null;
}

export type ServerMessage =
  | Exclude<ServerMsg, { type: "ERROR" }>
  | CookieEvent
  | { type: "GAME_START"; payload: GameStart }
  | { type: "UPDATE"; payload: Update }
  | { type: "ERROR"; payload: ErrorPayload };

export function encode(message: ClientMessage): string {
  return JSON.stringify(message);
}
