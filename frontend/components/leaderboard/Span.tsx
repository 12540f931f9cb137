"use client";

import { useNow } from "@/hooks/useNow";
import { type BoardName } from "@/lib/api";
import { weekOf } from "@/lib/results/week";

/** Which days a board is about. */
export function Span({ board }: { board: BoardName }) {
  const now = useNow();
  return <p className="text-xs font-bold text-bark">{board === "week" ? `${weekOf(now)}, UTC` : "Since the first cookie"}</p>;
}
