"use client";

import { useEffect, useRef } from "react";
import { Failure } from "@/components/ui/Failure";
import { Skeleton } from "@/components/ui/Skeleton";
import { useLastGame, useNewResult } from "@/hooks/useLastGame";
import { type Me } from "@/lib/api";
import { HistoryRow } from "./HistoryRow";
import { MoreButton } from "./MoreButton";
import { NoDuels } from "./NoDuels";
import { useHistory } from "./useHistory";

/** As many rows as will come, as far as that can be known: ranked games are counted, practice is not. */
function expected({ totals }: Me): number {
  return Math.min(5, totals?.games || 3);
}

export function History({ me }: { me: Me }) {
  const { status, games, next, more, reload, refresh, showMore } = useHistory();
  const last = useLastGame(me.player.id);
  useNewResult(refresh);
  const end = useRef<HTMLParagraphElement>(null);
  const paged = useRef(false);

  // The button is gone with the last page: who had the focus there goes on from the end of the list.
  useEffect(() => {
    if (paged.current && next === null && document.activeElement === document.body) end.current?.focus({ preventScroll: true });
  }, [next]);

  const onMore = () => {
    paged.current = true;
    showMore();
  };

  const waiting = last !== null && !games.some(({ gameId }) => gameId === last.game.gameId) ? last : null;
  const rows = games.length + (waiting === null ? 0 : 1);

  return (
    <section className="card p-5" aria-labelledby="history">
      <h2 id="history" className="mb-3 text-xl font-semibold">
        Your duels
      </h2>
      {rows > 0 && (
        <ol className="mb-1.5 grid grid-cols-1 gap-1.5">
          {waiting !== null && <HistoryRow key={waiting.game.gameId} game={waiting.game} progress={waiting.progress} />}
          {games.map((game) => (
            <HistoryRow key={game.gameId} game={game} />
          ))}
        </ol>
      )}
      {status === "loading" && <Skeleton rows={Math.max(0, expected(me) - rows)} height="h-20 sm:h-18" label="Fetching your duels" />}
      {status === "failed" && <Failure words="Your duels could not be fetched." retry={reload} />}
      {status === "ready" && rows === 0 && <NoDuels />}
      {next !== null && <MoreButton more={more} onPress={onMore} />}
      {next === null && games.length > 5 && (
        <p ref={end} tabIndex={-1} className="mt-4 rounded-lg text-center text-sm font-bold text-bark">
          That is all of them.
        </p>
      )}
      <p className="sr-only" role="status">
        {games.length > 5 ? `${games.length} duels are shown` : ""}
      </p>
    </section>
  );
}
