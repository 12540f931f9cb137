/**
 * One frame from the server: text in, typed message out.
 * Answers null instead of throwing: a frame this client does not know is no reason to end a game.
 */
import type { CookieRemark } from "./generated/CookieRemark";
import type { GoldenCookie } from "@/lib/game/state";
import type {
  Bonus,
  Commit,
  ErrorPayload,
  GameOver,
  GameStart,
  Hello,
  QueueState,
  ServerMessage,
  Standing,
  Table,
  Update,
} from "./messages";
import { both, count, flag, nullable, number, object, oneOf, partial, text, type Check } from "@/lib/shape";

const cookie = object<GoldenCookie>({ cookie: count, x: number, y: number });
const strength = oneOf("easy", "medium", "hard");
const bonus = object<Bonus>({ p1: nullable(number), p2: nullable(number) });

const table = object<Table>({
  roomId: text,
  game: text,
  role: oneOf("p1", "p2"),
  opponent: text,
  p1Name: text,
  p2Name: text,
  p1Picture: nullable(text),
  p2Picture: nullable(text),
  practice: nullable(strength),
});

const standing = {
  timeRemaining: count,
  gameTime: number,
  countdown: count,
  p1Score: count,
  p2Score: count,
  cookie: nullable(cookie),
  bonusUntil: nullable(bonus),
};

const commit = object<Commit>({ version: count, ack: count });

const hello = object<Hello>({ protocol: count, playerId: text, serverTime: number, roomId: nullable(text) });
const queueState = object<QueueState>({ game: text, waiting: count });
const gameStart: Check<GameStart> = both(
  both(table, object<Standing>(standing)),
  both(commit, object<{ resumed: boolean }>({ resumed: flag })),
);
const update: Check<Update> = both(
  both(partial<Standing>(standing), commit),
  partial<CookieRemark>({ goldenCookieClaimedBy: text }),
);
const gameOver: Check<GameOver> = both(
  table,
  object<Omit<GameOver, keyof Table>>({
    winner: text,
    reason: oneOf("time", "quit", "opponent_disconnected", "void"),
    p1Score: count,
    p2Score: count,
    p1Clicks: count,
    p2Clicks: count,
    ack: count,
  }),
);
const error: Check<ErrorPayload> = both(
  object<{ code: string; message: string }>({ code: text, message: text }),
  partial<{ from: number | null }>({ from: nullable(count) }),
);

const envelope = object<{ type: string; payload: unknown }>({ type: text, payload: (value) => value });

function check(frame: unknown): ServerMessage | null {
  const { type, payload } = envelope(frame);
  switch (type) {
    case "HELLO":
      return { type, payload: hello(payload) };
    case "QUEUED":
    case "QUEUE_LEFT":
      return { type, payload: queueState(payload) };
    case "GAME_START":
      return { type, payload: gameStart(payload) };
    case "UPDATE":
      return { type, payload: update(payload) };
    case "OPPONENT_CLICK":
      return { type, payload: object<{ count: number }>({ count })(payload) };
    case "TOO_FAST":
      return { type, payload: object<{ count: number }>({ count })(payload) };
    case "COOKIE_SPAWN":
      return { type, payload: cookie(payload) };
    case "PAUSED":
      return { type, payload: object<{ reason: string }>({ reason: text })(payload) };
    case "GAME_OVER":
      return { type, payload: gameOver(payload) };
    case "ERROR":
      return { type, payload: error(payload) };
    default:
      return null;
  }
}

export function parseServerMessage(frame: string): ServerMessage | null {
  try {
    return check(JSON.parse(frame));
  } catch {
    // Not JSON, or not the shape its type promises.
    return null;
  }
}
