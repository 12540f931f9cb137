"use client";

import { useCallback, useEffect, useState } from "react";

export type Load<T> = { status: "loading" } | { status: "failed" } | { status: "ready"; data: T };

/** Fetches when it mounts and whenever `key` changes; an answer to an old question is dropped. */
export function useLoad<T>(key: string, fetcher: () => Promise<T>): { load: Load<T>; reload: () => void } {
  const [attempt, setAttempt] = useState(0);
  const asked = `${key}#${attempt}`;
  const [answer, setAnswer] = useState<{ to: string; load: Load<T> }>({ to: "", load: { status: "loading" } });

  useEffect(() => {
    let stale = false;
    fetcher().then(
      (data) => !stale && setAnswer({ to: asked, load: { status: "ready", data } }),
      () => !stale && setAnswer({ to: asked, load: { status: "failed" } }),
    );
    return () => {
      stale = true;
    };
    // The key stands for the fetcher: callers may pass a fresh arrow each time.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [asked]);

  const reload = useCallback(() => setAttempt((n) => n + 1), []);
  return { load: answer.to === asked ? answer.load : { status: "loading" }, reload };
}
