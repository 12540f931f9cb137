"use client";

import { useSyncExternalStore } from "react";

/** Whoever changes the address comes to a new page. */
const never = () => () => {};

/** What stands behind the `?`. Null in the exported page, which is the same file for every address. */
export function useSearch(): string | null {
  return useSyncExternalStore(
    never,
    () => window.location.search,
    () => null,
  );
}
