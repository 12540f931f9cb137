"use client";

import { type KeyboardEvent, useRef, useState } from "react";
import { Icon } from "@/components/art/Icon";
import { Failure } from "@/components/ui/Failure";
import { Skeleton } from "@/components/ui/Skeleton";
import { useLoad } from "@/components/ui/useLoad";
import { getLeaderboard } from "@/lib/api";
import { LeaderboardRow } from "./LeaderboardRow";

const boards = ["all", "week"] as const;
type Board = (typeof boards)[number];
const names: Record<Board, string> = { all: "All time", week: "This week" };

export function Leaderboard({ playerId }: { playerId: string }) {
  const [board, setBoard] = useState<Board>("all");
  const { load, reload } = useLoad(board, () => getLeaderboard(board));
  const tabs = useRef<Map<Board, HTMLButtonElement>>(new Map());

  // The usual keys of a tab list: the arrows go round.
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const other: Board = board === "all" ? "week" : "all";
    setBoard(other);
    tabs.current.get(other)?.focus();
  };

  const me = load.status === "ready" ? load.data.me : null;
  const listed = load.status === "ready" && load.data.entries.some((e) => e.player.id === playerId);

  return (
    <section className="card p-5" aria-labelledby="leaderboard">
      <div className="mb-3 flex flex-wrap items-center justify-between gap-2">
        <h2 id="leaderboard" className="text-xl font-semibold">
          Leaderboard
        </h2>
        <div role="tablist" aria-labelledby="leaderboard" className="flex rounded-2xl bg-oat p-1" onKeyDown={onKey}>
          {boards.map((b) => (
            <button
              key={b}
              ref={(el) => {
                if (el !== null) tabs.current.set(b, el);
              }}
              type="button"
              role="tab"
              id={`tab-${b}`}
              aria-selected={b === board}
              aria-controls="board"
              tabIndex={b === board ? 0 : -1}
              className="tab"
              onClick={() => setBoard(b)}
            >
              {names[b]}
            </button>
          ))}
        </div>
      </div>
      <div id="board" role="tabpanel" aria-labelledby={`tab-${board}`} tabIndex={0} className="rounded-2xl">
        {load.status === "loading" && <Skeleton rows={5} label="Fetching the leaderboard" />}
        {load.status === "failed" && <Failure words="The leaderboard could not be fetched." retry={reload} />}
        {load.status === "ready" && load.data.entries.length === 0 && <Nothing week={board === "week"} />}
        {load.status === "ready" && load.data.entries.length > 0 && (
          <ol className="grid grid-cols-1 gap-1.5">
            {load.data.entries.map((e) => (
              <LeaderboardRow key={e.player.id} entry={e} own={e.player.id === playerId} />
            ))}
          </ol>
        )}
        {me !== null && !listed && (
          <>
            <p className="mt-3 mb-1.5 text-sm font-bold text-bark">Your rank</p>
            <ol className="grid grid-cols-1">
              <LeaderboardRow entry={me} own />
            </ol>
          </>
        )}
        {me !== null && listed && <p className="mt-3 text-sm font-bold text-bark">Your rank: {me.rank}</p>}
      </div>
    </section>
  );
}

function Nothing({ week }: { week: boolean }) {
  return (
    <div className="grid justify-items-center gap-2 py-6 text-center">
      <Icon name="trophy" className="size-12 text-caramel" />
      <p className="font-display text-lg font-semibold">{week ? "Nobody yet this week" : "Nobody yet"}</p>
      <p className="font-semibold text-bark">One duel and the top is yours.</p>
    </div>
  );
}
