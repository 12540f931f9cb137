"use client";

import { useEffect, useState } from "react";

/** Long enough to be read, and longer than the rests of a hand that goes on too fast. */
const FOR_MS = 2000;

/** Whether clicks came too fast until a moment ago: the state keeps when, and says nothing when that has passed. */
export function useTooFast(at: number | null): boolean {
  const [past, setPast] = useState<number | null>(null);

  useEffect(() => {
    if (at === null) return;
    const left = at + FOR_MS - performance.now();
    const timer = setTimeout(() => setPast(at), Math.max(0, left));
    return () => clearTimeout(timer);
  }, [at]);

  return at !== null && past !== at;
}
