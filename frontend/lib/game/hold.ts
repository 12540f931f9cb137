/**
 * Why a game stands still on this page, if it does. The page shows it only once it has lasted: most
 * changes of host are over sooner.
 */
import { isLive, type Core } from "./core";
import type { Hold } from "./state";

export function holdOf({ view, attached }: Core): Hold | null {
  if (!isLive(view.phase)) return null;
  // The newest word on this connection, also before HELLO.
  if (view.phase === "PAUSED" && view.pausedReason !== null) return "paused";
  // A connection that is open but has not told of our game yet is not back in it.
  if (attached) return null;
  return view.link === "offline" ? "offline" : "reconnecting";
}
