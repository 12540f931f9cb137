/**
 * The one game client of this page, shared by all who use it: two connections of one player would
 * throw each other out (4002).
 */
import { isSignedIn } from "./api";
import { pageClient, type GameClient } from "./game/client";

/**
 * React mounts twice in development and a change of page unmounts before it mounts: the connection
 * outlives a gap this short.
 */
const LINGER = 500;

let client: GameClient | null = null;
let users = 0;
let stopListening: (() => void) | null = null;

export function sharedClient(): GameClient {
  client ??= pageClient(isSignedIn);
  return client;
}

/** Keeps the connection up until the answer is called. */
export function hold(): () => void {
  const { connect } = sharedClient();
  users += 1;
  stopListening ??= wakeUps(sharedClient());
  connect();
  return () => {
    users -= 1;
    setTimeout(letGo, LINGER);
  };
}

function letGo(): void {
  if (users > 0) return;
  stopListening?.();
  stopListening = null;
  sharedClient().disconnect();
}

/** A laptop that opens its lid or finds its network again should not wait out a delay. */
function wakeUps(game: GameClient): () => void {
  const onVisible = () => {
    if (document.visibilityState === "visible") game.nudge();
  };
  window.addEventListener("online", game.nudge);
  window.addEventListener("pageshow", game.nudge);
  document.addEventListener("visibilitychange", onVisible);
  return () => {
    window.removeEventListener("online", game.nudge);
    window.removeEventListener("pageshow", game.nudge);
    document.removeEventListener("visibilitychange", onVisible);
  };
}
