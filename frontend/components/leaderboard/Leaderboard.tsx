"use client";

import { useState } from "react";
import { Failure } from "@/components/ui/Failure";
import { Skeleton } from "@/components/ui/Skeleton";
import { useLoad } from "@/components/ui/useLoad";
import { useNewResult } from "@/hooks/useLastGame";
import { type BoardName, getLeaderboard } from "@/lib/api";
import { Board } from "./Board";
import { BOARD_PANEL, BoardTabs, tabOf } from "./BoardTabs";
import { EmptyBoard } from "./EmptyBoard";
import { OwnRank } from "./OwnRank";
import { Span } from "./Span";

const TOP = 10;

export function Leaderboard({ playerId }: { playerId: string }) {
  const [board, setBoard] = useState<BoardName>("all");
  const { load, reload, refresh } = useLoad(board, () => getLeaderboard(board, TOP));
  useNewResult(refresh);

  return (
    <section className="card p-5" aria-labelledby="leaderboard">
      <div className="mb-3 flex flex-wrap items-center justify-between gap-2">
        <div>
          <h2 id="leaderboard" className="text-xl font-semibold">
            Leaderboard
          </h2>
          <Span board={board} />
        </div>
        <BoardTabs board={board} onPick={setBoard} labelledBy="leaderboard" />
      </div>
      <div id={BOARD_PANEL} role="tabpanel" aria-labelledby={tabOf(board)} tabIndex={0} className="flex min-h-76 flex-col rounded-2xl">
        {load.status === "loading" && <Skeleton rows={5} label="Fetching the leaderboard" />}
        {load.status === "failed" && <Failure words="The leaderboard could not be fetched." retry={reload} />}
        {load.status === "ready" && load.data.entries.length === 0 && <EmptyBoard board={board} />}
        {load.status === "ready" && load.data.entries.length > 0 && (
          <>
            <OwnRank me={load.data.me} />
            <Board board={load.data} playerId={playerId} />
          </>
        )}
      </div>
    </section>
  );
}
