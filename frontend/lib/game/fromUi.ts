/**
 * What the player does, and what becomes of the connection, as changes of the state.
 */
import { forgetSends, markSent, take } from "@/lib/clicks";
import { GAME, type ClientMessage } from "@/lib/protocol/messages";
import { clickWorth, gameTimeAt } from "./board";
import { isLive, show, withLedger, withoutGame, type Core, type UiEvent } from "./core";
import type { Link, Strength } from "./state";

export function fromUi(core: Core, event: UiEvent, now: number): Core {
  switch (event.type) {
    case "ui/join":
      return join(core, now);
    case "ui/leave":
      if (core.view.phase !== "MATCHMAKING") return core;
      return { ...withoutGame(core, {}), wish: { type: "LEAVE_QUEUE", payload: {} } };
    case "ui/practice":
      return practice(core, event.strength, now);
    case "ui/click":
      return canClick(core) ? click(core, now) : core;
    case "ui/claim":
      return claim(core);
    case "ui/quit":
      return isLive(core.view.phase) ? { ...core, wish: { type: "QUIT_GAME", payload: {} } } : core;
    case "ui/menu":
      return core.view.phase === "FINISHED" ? withoutGame(leaveResult(core), {}) : core;
    case "ui/link":
      return link(core, event.link, now);
    case "ui/held":
      return show(core, { shownHold: core.view.hold });
    case "ui/sent":
      return { ...core, ledger: markSent(core.ledger, event.n, now) };
  }
}

function join(core: Core, now: number): Core {
  const { phase } = core.view;
  if (phase !== "IDLE" && phase !== "FINISHED") return core;
  const wish: ClientMessage = { type: "JOIN_QUEUE", payload: { game: GAME } };
  return { ...withoutGame(leaveResult(core), { phase: "MATCHMAKING", waitingSince: now }), wish };
}

/** Needs no opponent, so it may also be asked for out of the queue. */
function practice(core: Core, strength: Strength, now: number): Core {
  if (isLive(core.view.phase)) return core;
  const waitingSince = core.view.waitingSince ?? now;
  const wish: ClientMessage = { type: "PRACTICE", payload: { game: GAME, strength } };
  return {
    ...withoutGame(leaveResult(core), { phase: "MATCHMAKING", waitingSince, practice: strength }),
    wish,
  };
}

function leaveResult(core: Core): Core {
  return core.view.phase === "FINISHED" ? { ...core, left: core.view.roomId } : core;
}

function canClick({ view }: Core): boolean {
  return view.phase === "PLAYING" && view.timeRemaining > 0;
}

/** Worth nothing until the server says who was first. */
function claim(core: Core): Core {
  const { cookie, claiming } = core.view;
  return canClick(core) && cookie !== null && !claiming ? input(core, cookie.cookie, 0) : core;
}

/** The queue holds two seconds of clicks at the rate that counts: beyond that they are too fast, as the server would say. */
function click(core: Core, now: number): Core {
  const clicked = input(core, null, clickWorth(core.view, now));
  return clicked === core && core.attached ? show(core, { tooFast: now }) : clicked;
}

function input(core: Core, cookie: number | null, points: number): Core {
  const ledger = take(core.ledger, cookie, points);
  return ledger === null ? core : withLedger(core, ledger);
}

/** A connection that is not open carries nothing, and the next one starts with a GAME_START. */
function link(core: Core, to: Link, now: number): Core {
  if (to === "open") return show(core, { link: to });
  const { view } = core;
  const stopped = isLive(view.phase)
    ? { pausedReason: null, gameTime: gameTimeAt(view, now), gameTimeAt: now }
    : {};
  return { ...show(core, { link: to, ...stopped }), attached: false, doubt: false, awaited: false, ledger: forgetSends(core.ledger) };
}
