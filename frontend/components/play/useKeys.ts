"use client";

import { useEffect, useRef } from "react";

interface Keys {
  onClick: () => void;
  onGolden: () => void;
  onQuit: () => void;
  /** A dialog has the keys. */
  asleep: boolean;
}

/**
 * Space and Enter click the cookie wherever the focus is, except on another control that they press. A held
 * key repeats by itself, and that does not count.
 */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });

  useEffect(() => {
    const down = (event: KeyboardEvent) => {
      const now = latest.current;
      if (now.asleep || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isPress(event)) {
        if (belongsElsewhere(event.target)) return;
        event.preventDefault();
        if (!event.repeat) now.onClick();
      } else if (event.repeat) {
        return;
      } else if (event.key === "g" || event.key === "G") {
        now.onGolden();
      } else if (event.key === "Escape") {
        event.preventDefault();
        now.onQuit();
      }
    };
    // Some browsers press a focused button when the space bar comes up again.
    const up = (event: KeyboardEvent) => {
      if (!latest.current.asleep && isPress(event) && !belongsElsewhere(event.target)) event.preventDefault();
    };
    window.addEventListener("keydown", down);
    window.addEventListener("keyup", up);
    return () => {
      window.removeEventListener("keydown", down);
      window.removeEventListener("keyup", up);
    };
  }, []);
}

function isPress(event: KeyboardEvent): boolean {
  return event.key === " " || event.key === "Enter";
}

function belongsElsewhere(target: EventTarget | null): boolean {
  const control = target instanceof Element ? target.closest("button, a, input") : null;
  return control !== null && !control.classList.contains("cookie-button");
}
