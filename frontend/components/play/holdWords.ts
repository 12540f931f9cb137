import { type GameState } from "@/lib/game/state";

/** What is said while a game stands still. */
export interface HoldWords {
  title: string;
  words: string;
  /** For somebody who does not see the page. */
  aloud: string;
  /** Whether clicks are taken meanwhile. */
  clicks: boolean;
}

const paused: HoldWords = {
  title: "Paused",
  words: "Your game is moving, your clicks are safe. The clock stands still.",
  aloud: "Paused. Your game is moving, your clicks are safe. The clock stands still.",
  clicks: false,
};
const pausedAndLost: HoldWords = {
  title: "Reconnecting…",
  words: "Your game was paused, your clicks are safe.",
  aloud: "Still paused. The connection is lost, and we are getting it back. Your clicks are safe.",
  clicks: false,
};
const lost: HoldWords = {
  title: "Reconnecting…",
  words: "Click on, your clicks are kept.",
  aloud: "The connection is lost, and we are getting it back. Your clicks are kept.",
  clicks: true,
};
const offline: HoldWords = {
  title: "You seem to be offline",
  words: "Your clicks are safe. We try again as soon as the network is back.",
  aloud: "You seem to be offline. Your clicks are safe.",
  clicks: true,
};

/** Null while nothing is to be said. */
export function holdWords({ shownHold, phase }: GameState): HoldWords | null {
  switch (shownHold) {
    case null:
      return null;
    case "paused":
      return paused;
    case "reconnecting":
      return phase === "PAUSED" ? pausedAndLost : lost;
    case "offline":
      return offline;
  }
}
