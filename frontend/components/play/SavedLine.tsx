"use client";

import { Icon } from "@/components/art/Icon";
import { useLastGame } from "@/hooks/useLastGame";
import { lastGame, isRanked } from "@/lib/results/lastGame";
import { savedWords } from "./savedWords";

/** Whether the results have this game already, and where it has brought its player. */
export function SavedLine({ playerId, gameId }: { playerId: string; gameId: string }) {
  const last = useLastGame(playerId);
  const shown = last?.game.gameId === gameId ? last : null;
  return (
    <p role="status" className="mt-3 flex min-h-11 flex-wrap items-center justify-center gap-x-2 font-bold text-bark">
      {shown !== null && (
        <>
          <span className="text-balance">
            <Icon name={shown.progress === "saved" && isRanked(shown.game) ? "trophy" : "star"} className="mr-2 inline size-5 align-[-0.2em] text-caramel" />
            {savedWords(shown)}
          </span>
          {shown.progress === "late" && (
            <button type="button" className="min-h-11 px-1 underline underline-offset-4" onClick={lastGame.again}>
              Look again
            </button>
          )}
        </>
      )}
    </p>
  );
}
