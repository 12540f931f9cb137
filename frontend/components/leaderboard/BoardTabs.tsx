"use client";

import { type KeyboardEvent, useRef } from "react";
import { type BoardName } from "@/lib/api";

const boards: readonly BoardName[] = ["all", "week"];
const names: Record<BoardName, string> = { all: "All time", week: "This week" };

export const BOARD_PANEL = "board";
export const tabOf = (board: BoardName) => `tab-${board}`;

/** Which leaderboard. The usual keys of a tab list: the arrows go round. */
export function BoardTabs({ board, onPick, labelledBy }: { board: BoardName; onPick: (board: BoardName) => void; labelledBy: string }) {
  const tabs = useRef<Map<BoardName, HTMLButtonElement>>(new Map());

  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const other: BoardName = board === "all" ? "week" : "all";
    onPick(other);
    tabs.current.get(other)?.focus();
  };

  return (
    <div role="tablist" aria-labelledby={labelledBy} className="flex w-full rounded-2xl bg-oat p-1 sm:w-auto" onKeyDown={onKey}>
      {boards.map((b) => (
        <button
          key={b}
          ref={(el) => {
            if (el !== null) tabs.current.set(b, el);
          }}
          type="button"
          role="tab"
          id={tabOf(b)}
          aria-selected={b === board}
          aria-controls={BOARD_PANEL}
          tabIndex={b === board ? 0 : -1}
          className="tab grow whitespace-nowrap"
          onClick={() => onPick(b)}
        >
          {names[b]}
        </button>
      ))}
    </div>
  );
}
