"use client";

import { useState } from "react";
import { useTask } from "@/components/ui/useTask";
import { deleteAccount } from "@/lib/api";
import { DeleteDialog } from "./DeleteDialog";
import { whyNotDeleted } from "./deletion";

export function DeleteAccount({ onDeleted, onStale }: { onDeleted: () => void; onStale: () => void }) {
  const [asking, setAsking] = useState(false);
  const { busy, problem, run, reset } = useTask(onStale);

  const ask = () => {
    reset();
    setAsking(true);
  };
  const sure = () =>
    run(async () => {
      await deleteAccount();
      onDeleted();
    }, whyNotDeleted);

  return (
    <>
      <button type="button" className="min-h-11 font-bold text-berry-deep underline underline-offset-4" onClick={ask}>
        Delete my account
      </button>
      <DeleteDialog open={asking} busy={busy} problem={problem} onKeep={() => setAsking(false)} onDelete={sure} />
    </>
  );
}
