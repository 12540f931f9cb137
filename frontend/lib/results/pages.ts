/**
 * The history as far as it was fetched, newest first: a first page that may come again with newer games on top,
 * and pages by cursor below it.
 */
import type { History, HistoryGame } from "@/lib/api";

export interface Pages {
  status: "loading" | "failed" | "ready";
  games: readonly HistoryGame[];
  /** Cursor of the next page; null = that was all, or nothing is known. */
  next: string | null;
  more: "idle" | "busy" | "failed";
}

export const noPages: Pages = { status: "loading", games: [], next: null, more: "idle" };

export type PagesEvent =
  | { type: "again" }
  | { type: "first"; page: History }
  | { type: "noFirst" }
  | { type: "more" }
  | { type: "page"; after: string; page: History }
  | { type: "noPage"; after: string };

export function turn(pages: Pages, event: PagesEvent): Pages {
  switch (event.type) {
    case "again":
      return noPages;
    case "first":
      return first(pages, event.page);
    case "noFirst":
      // What is shown stays.
      return pages.status === "ready" ? pages : { ...noPages, status: "failed" };
    case "more":
      return pages.next === null ? pages : { ...pages, more: "busy" };
    case "page":
      if (event.after !== pages.next) return pages;
      return { ...pages, games: joined(pages.games, event.page.games), next: event.page.next, more: "idle" };
    case "noPage":
      return event.after === pages.next ? { ...pages, more: "failed" } : pages;
  }
}

/** Newer games come on top. When they leave a hole above what is known, it is only from them on. */
function first(pages: Pages, page: History): Pages {
  const known = new Set(pages.games.map(({ gameId }) => gameId));
  const meets = page.games.some(({ gameId }) => known.has(gameId));
  if (!meets) return { ...noPages, status: "ready", games: page.games, next: page.next };
  return { ...pages, status: "ready", games: joined(page.games, pages.games) };
}

function joined(newer: readonly HistoryGame[], older: readonly HistoryGame[]): HistoryGame[] {
  const seen = new Set(newer.map(({ gameId }) => gameId));
  return [...newer, ...older.filter(({ gameId }) => !seen.has(gameId))];
}
