"use client";

import { useCallback, useEffect, useState } from "react";

export type Load<T> = { status: "loading" } | { status: "failed" } | { status: "ready"; data: T };

interface Loading<T> {
  load: Load<T>;
  /** From the start: what was shown is gone until the answer comes. */
  reload: () => void;
  /** Asks again behind what is shown, which stays if that fails. */
  refresh: () => void;
  /** What is known now without asking, because something else was answered with it. */
  put: (data: T) => void;
}

/**
 * Fetches when it mounts and whenever `key` changes. A key that was answered before is shown at once, and asked
 * again behind that; an answer to an old question is dropped.
 */
export function useLoad<T>(key: string, fetcher: () => Promise<T>): Loading<T> {
  const [asked, setAsked] = useState(0);
  const [answers, setAnswers] = useState<ReadonlyMap<string, Load<T>>>(new Map());

  useEffect(() => {
    let stale = false;
    const answer = (load: Load<T>) => {
      if (!stale) setAnswers((known) => withAnswer(known, key, load));
    };
    fetcher().then(
      (data) => answer({ status: "ready", data }),
      () => answer({ status: "failed" }),
    );
    return () => {
      stale = true;
    };
    // The key stands for the fetcher: callers may pass a fresh arrow each time.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key, asked]);

  const refresh = useCallback(() => setAsked((n) => n + 1), []);
  const reload = useCallback(() => {
    setAnswers((known) => new Map([...known].filter(([old]) => old !== key)));
    refresh();
  }, [key, refresh]);
  const put = useCallback((data: T) => setAnswers((known) => withAnswer(known, key, { status: "ready", data })), [key]);
  return { load: answers.get(key) ?? { status: "loading" }, reload, refresh, put };
}

/** What there is, is better than to hear that it could not be had again. */
function withAnswer<T>(known: ReadonlyMap<string, Load<T>>, key: string, load: Load<T>): ReadonlyMap<string, Load<T>> {
  if (load.status === "failed" && known.get(key)?.status === "ready") return known;
  return new Map(known).set(key, load);
}
