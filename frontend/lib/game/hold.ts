/**
 * Why things stand still on this page, if they do. It is shown only once it has lasted: most changes
 * of host are over sooner, and would be nothing but a flash.
 */
import { isLive, show, type Core } from "./core";
import type { GameState, Hold } from "./state";

/** A hold is shown after this long. Its end is shown at once. */
export const SHOWN_AFTER = 300;
/**
 * A pause gives way to a lost connection after this long: a pod without its store sends us on, and the
 * next one takes a moment to find that it has none either.
 */
export const PAUSE_REMAINS = 1500;

function holdOf({ view, attached }: Core): Hold | null {
  if (view.phase === "FINISHED") return null;
  // The newest word on this connection, also before HELLO.
  if (view.pausedReason !== null) return "paused";
  // A connection that is open but has not told of our game yet is not back in it.
  if (!isLive(view.phase) || attached) return null;
  return view.link === "offline" ? "offline" : "reconnecting";
}

export function shownAfter({ shownHold }: GameState): number {
  return shownHold === "paused" ? PAUSE_REMAINS : SHOWN_AFTER;
}

/** Every change of the state ends here. */
export function withHold(core: Core): Core {
  const hold = holdOf(core);
  return show(core, hold === null ? { hold, shownHold: null } : { hold });
}
