"use client";

import { useState } from "react";
import { Cookie } from "@/components/art/Cookie";
import { Failure } from "@/components/ui/Failure";
import { Skeleton } from "@/components/ui/Skeleton";
import { useLoad } from "@/components/ui/useLoad";
import { type HistoryGame, getHistory } from "@/lib/api";
import { HistoryRow } from "./HistoryRow";

interface Older {
  games: HistoryGame[];
  next: string | null;
}

export function History() {
  const { load, reload } = useLoad("history", () => getHistory());
  // Pages after the first; null until "more" was asked for.
  const [older, setOlder] = useState<Older | null>(null);
  const [more, setMore] = useState<"idle" | "busy" | "failed">("idle");

  const first = load.status === "ready" ? load.data : null;
  const games = first === null ? [] : [...first.games, ...(older?.games ?? [])];
  const next = older === null ? (first?.next ?? null) : older.next;

  const fetchMore = async () => {
    if (next === null) return;
    setMore("busy");
    try {
      const page = await getHistory(next);
      setOlder({ games: [...(older?.games ?? []), ...page.games], next: page.next });
      setMore("idle");
    } catch {
      setMore("failed");
    }
  };

  return (
    <section className="card p-5" aria-labelledby="history">
      <h2 id="history" className="mb-3 text-xl font-semibold">
        Your duels
      </h2>
      {load.status === "loading" && <Skeleton rows={4} label="Fetching your duels" />}
      {load.status === "failed" && <Failure words="Your duels could not be fetched." retry={reload} />}
      {first !== null && games.length === 0 && <Nothing />}
      {games.length > 0 && (
        <ol className="grid grid-cols-1 gap-2">
          {games.map((game) => (
            <HistoryRow key={game.gameId} game={game} />
          ))}
        </ol>
      )}
      {next !== null && (
        <button type="button" className="btn btn-plain mt-4 w-full" onClick={fetchMore} disabled={more === "busy"}>
          {more === "busy" ? "Fetching…" : more === "failed" ? "That failed. Try again" : "Show older duels"}
        </button>
      )}
    </section>
  );
}

function Nothing() {
  return (
    <div className="grid justify-items-center gap-2 py-6 text-center">
      <Cookie className="size-20" />
      <p className="font-display text-lg font-semibold">Not a crumb yet</p>
      <p className="max-w-64 font-semibold text-bark">Your duels will lie here, fresh from the oven. Press Play for the first one.</p>
    </div>
  );
}
