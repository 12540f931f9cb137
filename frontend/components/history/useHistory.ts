"use client";

import { useCallback, useEffect, useReducer, useRef } from "react";
import { getHistory } from "@/lib/api";
import { noPages, type Pages, turn } from "@/lib/results/pages";

/** The first page is short, so that what lies below stays near; who wants more wants many. */
const FIRST = 5;
const MORE = 10;

interface Shown extends Pages {
  /** From the start. */
  reload: () => void;
  /** Brings newer games on top of what is shown. */
  refresh: () => void;
  /** Fetches the next page, one at a time. */
  showMore: () => void;
}

export function useHistory(): Shown {
  const [pages, dispatch] = useReducer(turn, noPages);
  const newest = useRef(0);

  const refresh = useCallback(() => {
    const question = ++newest.current;
    const current = () => question === newest.current;
    getHistory(undefined, FIRST).then(
      (page) => current() && dispatch({ type: "first", page }),
      () => current() && dispatch({ type: "noFirst" }),
    );
  }, []);

  const reload = useCallback(() => {
    dispatch({ type: "again" });
    refresh();
  }, [refresh]);

  const { next, more } = pages;
  const showMore = useCallback(() => {
    if (next === null || more === "busy") return;
    dispatch({ type: "more" });
    getHistory(next, MORE).then(
      (page) => dispatch({ type: "page", after: next, page }),
      () => dispatch({ type: "noPage", after: next }),
    );
  }, [next, more]);

  useEffect(refresh, [refresh]);
  return { ...pages, reload, refresh, showMore };
}
