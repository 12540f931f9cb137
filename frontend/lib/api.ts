/**
 * The REST calls of the server, typed. Same origin, so the session cookie goes along by itself;
 * what comes back is checked at run time, since a deploy may be newer than this page.
 */
import type { Strength } from "./game/state";
import * as checks from "./apiShapes";
import type { Check } from "./shape";

export type Provider = "google" | "github" | "guest";
/** Where somebody may already have an account. */
export type Elsewhere = Exclude<Provider, "guest">;
export type BoardName = "all" | "week";
export type HistoryResult = "win" | "loss" | "draw" | "void";

export interface Config {
  version: string;
  protocol: number;
  /** Those that this page knows how to offer. */
  providers: Provider[];
  game: { seconds: number; countdownSeconds: number; graceSeconds: number; bonusSeconds: number };
  practiceAfterSeconds: number;
  /** Who runs the server: `mailto:…` or `https://…`. */
  contact: string | null;
}

/** Somebody, as others may see them. */
export interface Person {
  id: string;
  name: string;
  picture: string | null;
}

export interface Player extends Person {
  provider: string;
}

export interface Totals {
  points: number;
  games: number;
  wins: number;
  draws: number;
}

export interface Me {
  player: Player;
  /** Over all ranked games. Null while the results cannot be reached. */
  totals: Totals | null;
}

export interface HistoryGame {
  gameId: string;
  game: string;
  /** RFC 3339, UTC. */
  endedAt: string;
  result: HistoryResult;
  reason: string;
  points: number;
  opponentPoints: number;
  clicks: number;
  opponentClicks: number;
  practice: Strength | null;
  opponent: Person;
}

export interface History {
  games: HistoryGame[];
  /** Cursor of the next page; null = this was the last. */
  next: string | null;
}

export interface LeaderboardEntry {
  rank: number;
  player: Person;
  points: number;
  games: number;
  wins: number;
}

export interface Leaderboard {
  board: BoardName;
  /** The top, best first. */
  entries: LeaderboardEntry[];
  /** Null without a session or a ranked game. */
  me: LeaderboardEntry | null;
  /** My own place with the two above and the two below, best first; empty when there is none. */
  around: LeaderboardEntry[];
}

/** An answer that is no success: `application/problem+json`, or whatever stood in its way. */
export class ApiProblem extends Error {
  /** 0 = no answer at all. */
  readonly status: number;
  readonly title: string;
  /** For a person to read. */
  readonly detail: string;

  constructor(status: number, title: string, detail: string) {
    super(`${status} ${title}: ${detail}`);
    this.name = "ApiProblem";
    this.status = status;
    this.title = title;
    this.detail = detail;
  }
}

export function getConfig(): Promise<Config> {
  return call("/api/config", checks.config);
}

/** Null = not signed in. */
export async function getMe(): Promise<Me | null> {
  try {
    return await call("/api/me", checks.me);
  } catch (problem) {
    if (problem instanceof ApiProblem && problem.status === 401) return null;
    throw problem;
  }
}

export async function signInAsGuest(name: string): Promise<Player> {
  const answer = await call("/api/auth/guest", checks.signedIn, sending("POST", { name }));
  return answer.player;
}

export async function signOut(): Promise<void> {
  await ask("/api/auth/logout", sending("POST"));
}

/**
 * Where the browser goes to sign in with a provider. The server sends it back to `next`, a path of ours: `/` unless it is given. `sent`: the server
 * has sent it to this address already, from another one of its own.
 */
export function loginPath(provider: Elsewhere, next?: string, sent = false): string {
  return `/api/auth/${provider}/login${query({ next, sent: sent ? "true" : undefined })}`;
}

/** For guests: where the browser goes so that the guest becomes that provider's player, with everything that is the guest's. */
export async function upgrade(provider: Elsewhere): Promise<string> {
  const answer = await call("/api/auth/upgrade", checks.upgrade, sending("POST", { provider }));
  return answer.url;
}

export function rename(name: string): Promise<Me> {
  return call("/api/me", checks.me, sending("PATCH", { name }));
}

/** A 503 means that it is not finished; asking again does no harm. */
export async function deleteAccount(): Promise<void> {
  await ask("/api/me", sending("DELETE"));
}

export function getHistory(cursor?: string, limit?: number): Promise<History> {
  return call(`/api/history${query({ cursor, limit })}`, checks.history);
}

export function getLeaderboard(board: BoardName, limit?: number): Promise<Leaderboard> {
  return call(`/api/leaderboard${query({ board, limit })}`, checks.leaderboard);
}

/** Whether the session is still good; when nobody can tell, it is not what is wrong. */
export async function isSignedIn(): Promise<boolean> {
  return getMe().then(
    (me) => me !== null,
    () => true,
  );
}

async function call<T>(path: string, check: Check<T>, init?: RequestInit): Promise<T> {
  const response = await ask(path, init);
  try {
    return check(await response.json());
  } catch {
    throw new ApiProblem(response.status, "Unexpected answer", "The server said something this page does not know.");
  }
}

/**
 * A balancer goes on sending requests to a pod that is gone until it has noticed. To ask again harms
 * nothing, and most likely meets another pod; what changes something is asked once.
 */
const ASK_AGAIN_AFTER = [100, 300, 900] as const;
const nobodyThere: ReadonlySet<number> = new Set([0, 502, 503, 504]);

async function ask(path: string, init?: RequestInit): Promise<Response> {
  const delays = init?.method === undefined ? ASK_AGAIN_AFTER : [];
  for (const delay of delays) {
    const answer = await askOnce(path, init).catch((problem: unknown) => problem);
    if (answer instanceof Response) return answer;
    if (!(answer instanceof ApiProblem && nobodyThere.has(answer.status))) throw answer;
    await new Promise((resolve) => setTimeout(resolve, delay));
  }
  return askOnce(path, init);
}

async function askOnce(path: string, init?: RequestInit): Promise<Response> {
  const response = await fetch(path, { credentials: "same-origin", cache: "no-store", ...init }).catch(() => {
    throw new ApiProblem(0, "No answer", "The server cannot be reached.");
  });
  if (!response.ok) throw await problemOf(response);
  return response;
}

/** A proxy in between may answer with something else than a problem, so nothing is taken for granted. */
async function problemOf(response: Response): Promise<ApiProblem> {
  const title = response.statusText || "Error";
  try {
    const problem = checks.problem(await response.json());
    return new ApiProblem(response.status, problem.title ?? title, problem.detail ?? problem.title ?? title);
  } catch {
    return new ApiProblem(response.status, title, `The server answered ${response.status}.`);
  }
}

function sending(method: "POST" | "PATCH" | "DELETE", body?: object): RequestInit {
  return { method, headers: { "Content-Type": "application/json" }, body: body === undefined ? undefined : JSON.stringify(body) };
}

function query(fields: Record<string, string | number | undefined>): string {
  const given = Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]]));
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}
