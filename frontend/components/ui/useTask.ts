"use client";

import { useState } from "react";
import { ApiProblem } from "@/lib/api";
import { whatWentWrong } from "./whatWentWrong";

/** Most of what is asked for ends with another page, and the button is not to come back until then. */
export type Deed = () => Promise<"stay" | void>;

export interface Task {
  busy: boolean;
  problem: string | null;
  run: (deed: Deed, words?: (error: unknown) => string) => Promise<void>;
  fail: (problem: string) => void;
  reset: () => void;
}

/** The session is over, or its player is not a guest any more: another tab was faster. */
const stale: ReadonlySet<number> = new Set([401, 409]);

/** Something that the server is asked to do, and what was wrong with it. `onStale`: the page shows somebody who is not here. */
export function useTask(onStale?: () => void): Task {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const end = (problem: string | null) => {
    setBusy(false);
    setProblem(problem);
  };
  const run: Task["run"] = async (deed, words = whatWentWrong) => {
    setBusy(true);
    setProblem(null);
    try {
      if ((await deed()) === "stay") setBusy(false);
    } catch (error) {
      end(words(error));
      if (error instanceof ApiProblem && stale.has(error.status)) onStale?.();
    }
  };
  return { busy, problem, run, fail: end, reset: () => end(null) };
}
