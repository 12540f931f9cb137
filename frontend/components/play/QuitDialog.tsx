"use client";

import { useModal } from "@/components/ui/useModal";

interface Props {
  open: boolean;
  practice: boolean;
  onStay: () => void;
  onQuit: () => void;
}

/** Escape means stay. */
export function QuitDialog({ open, practice, onStay, onQuit }: Props) {
  const dialog = useModal(open);

  return (
    <dialog ref={dialog} className="card sheet" aria-labelledby="quit-title" aria-describedby="quit-words" onClose={onStay}>
      <div className="grid gap-3 text-center">
        <h2 id="quit-title" className="text-2xl font-semibold">
          Leave the oven on?
        </h2>
        <p id="quit-words" className="font-semibold text-bark">
          {practice ? "The practice game ends here." : "If you quit, the other player wins."} The clock keeps running while you think.
        </p>
        <div className="mt-3 grid grid-cols-2 gap-3">
          <button type="button" className="btn btn-plain" onClick={onStay}>
            Stay
          </button>
          <button type="button" className="btn btn-danger" onClick={onQuit}>
            Quit
          </button>
        </div>
      </div>
    </dialog>
  );
}
