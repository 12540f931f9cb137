"use client";

import { useEffect, useState } from "react";

/** Long enough to be heard. */
const FOR_MS = 2000;

/** Whether a hold that was shown is over since a moment ago. */
export function useResumed(held: boolean): boolean {
  const [before, setBefore] = useState(false);

  useEffect(() => {
    const timer = setTimeout(() => setBefore(held), held ? 0 : FOR_MS);
    return () => clearTimeout(timer);
  }, [held]);

  return before && !held;
}
