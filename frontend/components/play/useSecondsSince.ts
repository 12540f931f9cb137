"use client";

import { useEffect, useState } from "react";

/** Whole seconds since a `performance.now()`; 0 before the first one has passed. */
export function useSecondsSince(since: number | null): number {
  const [seen, setSeen] = useState<{ since: number | null; seconds: number }>({ since: null, seconds: 0 });

  useEffect(() => {
    if (since === null) return;
    const timer = setInterval(() => {
      setSeen({ since, seconds: Math.max(0, Math.floor((performance.now() - since) / 1000)) });
    }, 250);
    return () => clearInterval(timer);
  }, [since]);

  return seen.since === since ? seen.seconds : 0;
}
