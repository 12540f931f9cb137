/**
 * The game that this page has seen end last, until the results have it. The server says GAME_OVER as soon as the
 * result is safe; it is recorded a moment later, or much later when the database is away.
 */
import { getHistory, getLeaderboard, getMe, type HistoryGame } from "@/lib/api";
import { pageClock, type Cancel, type Clock } from "@/lib/clock";

/** `late` = it takes its time, or nobody looks any more. It is safe all the same. */
export type Progress = "saving" | "saved" | "late";

export interface LastGame {
  playerId: string;
  game: HistoryGame;
  progress: Progress;
  /** On this week's board, once it is saved; null where that is not known, or nothing counts. */
  place: number | null;
}

/** Where a recorded game has brought its player. Null = it is not recorded yet. */
export type Look = (game: HistoryGame) => Promise<Pick<LastGame, "place"> | null>;

/** Usually the first look finds it. Then less and less often, up to every 15 s, and for five minutes. */
const FIRST_LOOK = 200;
const LOOK_EVERY = 15_000;
const LOOKS = 24;
/** When it is said that it takes its time. */
const LATE_AFTER = 10_000;

export class Watch {
  private last: LastGame | null = null;
  private readonly changed = new Set<() => void>();
  /** Each game, and each time it is looked for, is a run of its own: what comes from an old one is dropped. */
  private run = 0;
  private cancelLook: Cancel = () => {};
  private cancelLate: Cancel = () => {};

  constructor(
    private readonly look: Look,
    private readonly clock: Clock,
  ) {}

  readonly current = (): LastGame | null => this.last;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.changed.add(listener);
    return () => this.changed.delete(listener);
  };

  /** A game is over. To say so again changes nothing. */
  readonly over = (playerId: string, game: HistoryGame): void => {
    if (this.last?.game.gameId === game.gameId && this.last.playerId === playerId) return;
    this.watch({ playerId, game, progress: "saving", place: null });
  };

  /** Looks once more for one that is late. */
  readonly again = (): void => {
    if (this.last?.progress === "late") this.watch({ ...this.last, progress: "saving" });
  };

  private watch(last: LastGame): void {
    this.run += 1;
    this.show(last);
    this.cancelLate();
    this.cancelLate = this.clock.after(LATE_AFTER, () => this.show({ ...last, progress: "late" }));
    this.lookFor(last, 0);
  }

  private lookFor(last: LastGame, looks: number): void {
    this.cancelLook();
    if (looks === LOOKS) return;
    const { run } = this;
    this.cancelLook = this.clock.after(Math.min(FIRST_LOOK * 2 ** looks, LOOK_EVERY), () => {
      void this.look(last.game)
        .catch(() => null)
        .then((found) => {
          if (run !== this.run) return;
          if (found === null) return this.lookFor(last, looks + 1);
          this.cancelLate();
          this.show({ ...last, ...found, progress: "saved" });
        });
    });
  }

  private show(last: LastGame): void {
    this.last = last;
    for (const listener of this.changed) listener();
  }
}

export function isRanked({ practice, result }: HistoryGame): boolean {
  return practice === null && result !== "void";
}

/** In the history; and, if it counts, on the leaderboards, which are written after it. */
export const lookForIt: Look = async (game) => {
  const { games } = await getHistory(undefined, 3);
  if (!games.some(({ gameId }) => gameId === game.gameId)) return null;
  if (!isRanked(game)) return { place: null };
  const [me, all] = await Promise.all([getMe(), getLeaderboard("all", 1)]);
  const played = me?.totals?.games;
  if (played === undefined || all.me === null || all.me.games < played) return null;
  const week = await getLeaderboard("week", 1);
  return { place: week.me?.rank ?? null };
};

/** The one of this page: the end of a duel begins it, and the menu goes on with it. */
export const lastGame = new Watch(lookForIt, pageClock);
