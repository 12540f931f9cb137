"use client";

import { useNow } from "@/hooks/useNow";
import { ago, exactly } from "./ago";

/** How long ago, and the exact time for who rests the mouse on it. Grows older while it is looked at. */
export function When({ at }: { at: string }) {
  const now = useNow();
  return (
    <time dateTime={at} title={exactly(at)}>
      {ago(at, now)}
    </time>
  );
}
