/**
 * The wire's table and standing (p1, p2) as the page sees them (me, opponent).
 */
import type { Bonus, GameOver, Standing, Table } from "@/lib/protocol/messages";
import type { GameState, Result, Seat, Side } from "./state";

const other: Record<Seat, Seat> = { p1: "p2", p2: "p1" };

/** Whether game time goes on, as far as this page knows. */
export function clockRuns({ phase, hold }: GameState): boolean {
  return hold === null && (phase === "COUNTDOWN" || phase === "PLAYING");
}

/** Game time now, going on from the last that the server told. */
export function gameTimeAt(view: GameState, now: number): number {
  return clockRuns(view) ? view.gameTime + Math.max(0, now - view.gameTimeAt) : view.gameTime;
}

/** What a click is likely worth; the server alone decides. */
export function clickWorth(view: GameState, now: number): number {
  const until = view.me?.bonusUntil ?? null;
  return until !== null && gameTimeAt(view, now) < until ? 2 : 1;
}

type Score = Pick<GameOver, "p1Score" | "p2Score">;

export interface Sides {
  me: Side;
  opponent: Side;
}

export function sides(table: Table, score: Score, bonus: Bonus | null, playerId: string | null): Sides {
  const mine = table.role;
  const theirs = other[mine];
  return {
    me: { id: playerId ?? "", ...person(table, mine), ...points(score, bonus, mine), bot: null },
    opponent: { id: table.opponent, ...person(table, theirs), ...points(score, bonus, theirs), bot: table.practice },
  };
}

function person(table: Table, seat: Seat): Pick<Side, "name" | "picture"> {
  return seat === "p1"
    ? { name: table.p1Name, picture: table.p1Picture }
    : { name: table.p2Name, picture: table.p2Picture };
}

function points(score: Score, bonus: Bonus | null, seat: Seat): Pick<Side, "score" | "bonusUntil"> {
  const { p1Score, p2Score } = score;
  return { score: seat === "p1" ? p1Score : p2Score, bonusUntil: bonus?.[seat] ?? null };
}

/** One side after an UPDATE, which may leave fields out. The same object when nothing changed. */
function updated(side: Side | null, seat: Seat, news: Partial<Standing>): Side | null {
  if (side === null) return null;
  const score = (seat === "p1" ? news.p1Score : news.p2Score) ?? side.score;
  const bonusUntil = news.bonusUntil === undefined ? side.bonusUntil : (news.bonusUntil?.[seat] ?? null);
  return score === side.score && bonusUntil === side.bonusUntil ? side : { ...side, score, bonusUntil };
}

export function updatedSides(view: GameState, role: Seat, news: Partial<Standing>): Pick<GameState, "me" | "opponent"> {
  return {
    me: updated(view.me, role, news),
    opponent: updated(view.opponent, other[role], news),
  };
}

/** Clock, countdown and cookie; and with them the phase, for whoever tells them hosts the game. */
export function clock(view: GameState, news: Partial<Standing>, now: number): Partial<GameState> {
  const countdown = news.countdown ?? view.countdown;
  return {
    phase: countdown > 0 ? "COUNTDOWN" : "PLAYING",
    countdown,
    timeRemaining: news.timeRemaining ?? view.timeRemaining,
    gameTime: news.gameTime ?? gameTimeAt(view, now),
    gameTimeAt: now,
    cookie: news.cookie === undefined ? view.cookie : news.cookie,
    pausedReason: null,
  };
}

export function result(over: GameOver): Result {
  const p1First = over.role === "p1";
  return {
    outcome: outcome(over),
    reason: over.reason,
    myClicks: p1First ? over.p1Clicks : over.p2Clicks,
    theirClicks: p1First ? over.p2Clicks : over.p1Clicks,
  };
}

function outcome(over: GameOver): Result["outcome"] {
  if (over.reason === "void") return "void";
  if (over.winner === "draw") return "draw";
  return over.winner === over.opponent ? "loss" : "win";
}
