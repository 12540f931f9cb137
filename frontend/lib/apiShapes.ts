/**
 * The shapes of the REST answers, checked at run time. The types they must have are in `api.ts`.
 */
import type {
  BoardName,
  Config,
  History,
  HistoryGame,
  HistoryResult,
  Leaderboard,
  LeaderboardEntry,
  Me,
  Person,
  Player,
  Provider,
  Totals,
} from "./api";
import { both, count, list, listOrNone, nullable, number, object, oneOf, ShapeError, text, type Check } from "./shape";

const known: readonly Provider[] = ["google", "github", "guest"];
const providers: Check<Provider[]> = (value) => {
  const offered = list(text)(value);
  return known.filter((one) => offered.includes(one));
};

/** It becomes a link, so it must be a place to write to, and not a script. */
const contact: Check<string> = (value) => {
  const address = text(value);
  if (!/^(mailto:|https:\/\/)/.test(address)) throw new ShapeError("not an address to write to");
  return address;
};

export const config = object<Config>({
  version: text,
  protocol: count,
  providers,
  game: object<Config["game"]>({
    seconds: number,
    countdownSeconds: number,
    graceSeconds: number,
    bonusSeconds: number,
  }),
  practiceAfterSeconds: number,
  contact: nullable(contact),
});

const person = object<Person>({ id: text, name: text, picture: nullable(text) });
const player = both(person, object<Pick<Player, "provider">>({ provider: text }));
const totals = object<Totals>({ points: count, games: count, wins: count, draws: count });

export const me = object<Me>({ player, totals: nullable(totals) });
/** The token is for programs; the page has the cookie and does not want it. */
export const signedIn = object<{ player: Player }>({ player });

/** The browser goes there, so it must be a place, and not a script. */
const webAddress: Check<string> = (value) => {
  const address = text(value);
  if (!/^https?:\/\//.test(address)) throw new ShapeError("not a web address");
  return address;
};

export const upgrade = object<{ url: string }>({ url: webAddress });

const historyGame = object<HistoryGame>({
  gameId: text,
  game: text,
  endedAt: text,
  result: oneOf<HistoryResult>("win", "loss", "draw", "void"),
  reason: text,
  points: count,
  opponentPoints: count,
  clicks: count,
  opponentClicks: count,
  practice: nullable(oneOf("easy", "medium", "hard")),
  opponent: person,
});

export const history = object<History>({ games: list(historyGame), next: nullable(text) });

const entry = object<LeaderboardEntry>({ rank: count, player: person, points: count, games: count, wins: count });

export const leaderboard = object<Leaderboard>({
  board: oneOf<BoardName>("all", "week"),
  entries: list(entry),
  me: nullable(entry),
  // A pod of the version before does not say it.
  around: listOrNone(entry),
});

export const problem = object<{ title: string | null; detail: string | null }>({
  title: nullable(text),
  detail: nullable(text),
});
