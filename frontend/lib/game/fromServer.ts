/**
 * What the server says, as changes of the state.
 */
import { acknowledge, attach, emptyLedger, forgetSends, resendFrom } from "@/lib/clicks";
import {
  PROTOCOL,
  type ErrorPayload,
  type GameOver,
  type GameStart,
  type Hello,
  type QueueState,
  type ServerMessage,
  type Update,
} from "@/lib/protocol/messages";
import { clock, gameTimeAt, result, sides, updatedSides } from "./board";
import { initialCore, isLive, show, withLedger, withoutGame, type Core } from "./core";
import { initialState, type GoldenCookie } from "./state";

/** After this many connections that know nothing of our game, it is gone. */
const STRAYS = 3;

export function fromServer(core: Core, message: ServerMessage, now: number): Core {
  switch (message.type) {
    case "HELLO":
      return hello(core, message.payload);
    case "QUEUED":
      return queued(core, message.payload);
    case "QUEUE_LEFT":
      return core.wish?.type === "LEAVE_QUEUE" ? { ...core, wish: null } : core;
    case "GAME_START":
      return gameStart(answered(core), message.payload, now);
    case "UPDATE":
      return update(core, message.payload, now);
    case "OPPONENT_CLICK":
      // Only a particle; the score comes as an absolute value.
      return core;
    case "COOKIE_SPAWN":
      return cookieSpawn(core, message.payload);
    case "TOO_FAST":
      // Only a word to the player: the UPDATE behind it acknowledges these clicks without their points.
      return core.view.phase === "PLAYING" ? show(core, { tooFast: now }) : core;
    case "PAUSED":
      return paused(core, message.payload.reason, now);
    case "GAME_OVER":
      return gameOver(answered(core), message.payload);
    case "ERROR":
      return error(core, message.payload, now);
  }
}

function hello(core: Core, { playerId, protocol, roomId }: Hello): Core {
  const { view } = core;
  const somebodyElse = view.playerId !== null && view.playerId !== playerId;
  // A search may have begun before we learn who we are now; a game or a result is another player's.
  const mine = somebodyElse && view.phase !== "MATCHMAKING" ? withoutGame(initialCore, { link: view.link }) : core;
  const outdated = protocol === PROTOCOL ? null : "There is a newer version of the game. Please reload the page.";
  const awaited = roomId !== null && roomId !== mine.left;
  const greeted = show({ ...mine, awaited }, { playerId, error: outdated ?? mine.view.error });
  if (!isLive(greeted.view.phase)) return show(greeted, { pausedReason: null });
  if (roomId !== null) return greeted;
  // A pod that cannot see the store knows no rooms either, so one such answer proves nothing.
  const strays = core.strays + 1;
  if (strays < STRAYS) return { ...greeted, strays };
  return { ...withoutGame(greeted, { error: "The game is gone." }), wish: null };
}

function answered(core: Core): Core {
  return core.awaited ? { ...core, awaited: false } : core;
}

function queued(core: Core, { waiting }: QueueState): Core {
  if (core.view.phase !== "MATCHMAKING") return core;
  return show(core, { waiting, error: null, pausedReason: null });
}

/** It is the state as it is now: whatever we believed before is replaced. */
function gameStart(core: Core, start: GameStart, now: number): Core {
  const { view } = core;
  const over = start.roomId === core.left || (view.phase === "FINISHED" && start.roomId === view.roomId);
  if (over) return core;
  const known = start.roomId === view.roomId;
  const { me, opponent } = sides(start, start, start.bonusUntil, view.playerId);
  const next: Core = {
    ...core,
    view: {
      ...initialState,
      link: view.link,
      playerId: view.playerId,
      shownHold: view.shownHold,
      roomId: start.roomId,
      role: start.role,
      practice: start.practice,
      me,
      opponent,
      ...clock(view, start, now),
    },
    version: start.version,
    myScore: me.score,
    attached: true,
    wish: known && core.wish?.type === "QUIT_GAME" ? core.wish : null,
    strays: 0,
  };
  return withLedger(next, attach(core.ledger, start.roomId, start.ack));
}

function update(core: Core, news: Update, now: number): Core {
  const { view } = core;
  if (!isLive(view.phase) || view.role === null || news.version <= core.version) return core;
  const myScore = (view.role === "p1" ? news.p1Score : news.p2Score) ?? core.myScore;
  const next = show(
    { ...core, version: news.version, myScore, strays: 0 },
    { ...updatedSides(view, view.role, news), ...clock(view, news, now) },
  );
  // While nobody hosted the game, what we had sent may have reached nobody.
  const ledger = view.phase === "PAUSED" ? forgetSends(core.ledger) : core.ledger;
  return withLedger(next, acknowledge(ledger, news.ack));
}

function cookieSpawn(core: Core, cookie: GoldenCookie): Core {
  const shown = core.view.cookie;
  if (!isLive(core.view.phase) || (shown !== null && cookie.cookie <= shown.cookie)) return core;
  return withLedger(show(core, { cookie }), core.ledger);
}

function paused(core: Core, reason: string, now: number): Core {
  const { view } = core;
  if (!isLive(view.phase)) return show(core, { pausedReason: reason });
  const stopped = { phase: "PAUSED", pausedReason: reason, gameTime: gameTimeAt(view, now), gameTimeAt: now } as const;
  return { ...show(core, stopped), strays: 0 };
}

/** Carries the whole table: after a reload of the page it is all there is. */
function gameOver(core: Core, over: GameOver): Core {
  const { view } = core;
  const anotherGame = isLive(view.phase) && over.roomId !== view.roomId;
  if (over.roomId === core.left || anotherGame) return core;
  // We ask for a new game and the queue has not answered: this is an old one, from before a reload.
  if (view.phase === "MATCHMAKING" && view.waiting === 0) return { ...core, left: over.roomId };
  return {
    ...withoutGame(core, {
      phase: "FINISHED",
      roomId: over.roomId,
      role: over.role,
      practice: over.practice,
      ...sides(over, over, null, view.playerId),
      gameTime: view.gameTime,
      gameTimeAt: view.gameTimeAt,
      result: result(over),
    }),
    wish: null,
    ledger: { ...emptyLedger, recent: core.ledger.recent },
  };
}

function error(core: Core, { code, message, from }: ErrorPayload, now: number): Core {
  const { phase } = core.view;
  switch (code) {
    case "resend": {
      const ledger = resendFrom(core.ledger, from ?? 0, now);
      return ledger === null ? { ...core, doubt: isLive(phase) } : { ...core, ledger };
    }
    case "not_in_game":
      return { ...answered(core), doubt: isLive(phase) };
    case "unknown_game":
      return { ...withoutGame(core, { error: message }), wish: null };
    default:
      return show(core, { error: message });
  }
}
