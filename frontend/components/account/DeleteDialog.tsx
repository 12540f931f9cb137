"use client";

import { Trouble } from "@/components/ui/Trouble";
import { useModal } from "@/components/ui/useModal";

interface Props {
  open: boolean;
  busy: boolean;
  problem: string | null;
  onKeep: () => void;
  onDelete: () => void;
}

const consequences = [
  "Your name disappears from the histories of those you played, and from the leaderboards.",
  "Your points, your totals and your own history are removed.",
  "You are signed out everywhere, even in the middle of a duel.",
];

/** Asks once more, with everything that will happen. Not to be left while it happens. */
export function DeleteDialog({ open, busy, problem, onKeep, onDelete }: Props) {
  const dialog = useModal(open);

  return (
    <dialog
      ref={dialog}
      className="card sheet"
      aria-labelledby="delete-title"
      aria-describedby="delete-words"
      onCancel={(event) => busy && event.preventDefault()}
      onClose={onKeep}
    >
      <div className="grid gap-3">
        <h2 id="delete-title" className="text-center text-2xl font-semibold">
          Wipe the plate clean?
        </h2>
        <div id="delete-words" className="grid gap-3 font-semibold text-bark">
          <ul className="grid list-disc gap-1.5 pl-5">
            {consequences.map((words) => (
              <li key={words}>{words}</li>
            ))}
          </ul>
          <p className="font-bold text-cocoa">This cannot be undone.</p>
        </div>
        <p role="alert" className="empty:hidden">
          {problem !== null && <Trouble words={problem} />}
        </p>
        <div className="mt-2 grid grid-cols-2 gap-3">
          <button type="button" className="btn btn-plain" onClick={onKeep} disabled={busy}>
            Keep it
          </button>
          <button type="button" className="btn btn-danger" onClick={onDelete} disabled={busy}>
            {busy ? "Deleting…" : "Delete it"}
          </button>
        </div>
      </div>
    </dialog>
  );
}
