"use client";

import { useEffect } from "react";

/** Does something when the browser shows this page again as it was left: back by its own button. */
export function useRestored(act: () => void): void {
  useEffect(() => {
    const show = (event: PageTransitionEvent) => event.persisted && act();
    window.addEventListener("pageshow", show);
    return () => window.removeEventListener("pageshow", show);
  });
}
