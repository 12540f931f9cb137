/** Games and leaderboards of paper. */
import type { HistoryGame, Leaderboard, LeaderboardEntry } from "@/lib/api";

export function aGame(gameId: string, other: Partial<HistoryGame> = {}): HistoryGame {
  return {
    gameId,
    game: "cookie",
    endedAt: "2026-11-29T15:18:20.125Z",
    result: "win",
    reason: "time",
    points: 12,
    opponentPoints: 7,
    clicks: 12,
    opponentClicks: 7,
    practice: null,
    opponent: { id: "b0b", name: "Bob", picture: null },
    ...other,
  };
}

export function anEntry(rank: number, id = `player ${rank}`): LeaderboardEntry {
  return { rank, player: { id, name: id, picture: null }, points: 1000 - rank, games: 3, wins: 1 };
}

export function aBoard(top: number, me: LeaderboardEntry | null, around: LeaderboardEntry[] = []): Leaderboard {
  return { board: "all", entries: Array.from({ length: top }, (_, i) => anEntry(i + 1)), me, around };
}
