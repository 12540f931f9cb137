"use client";

import { type RefObject, useEffect, useRef } from "react";

/** The browser's own modal: it holds the focus, and closes on Escape. */
export function useModal(open: boolean): RefObject<HTMLDialogElement | null> {
  const dialog = useRef<HTMLDialogElement>(null);

  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return dialog;
}
