"use client";

import { Icon } from "@/components/art/Icon";
import { Trouble } from "@/components/ui/Trouble";
import { useTask } from "@/components/ui/useTask";
import { signOut } from "@/lib/api";

export function SignOut({ guest, onSignedOut }: { guest: boolean; onSignedOut: () => void }) {
  const { busy, problem, run } = useTask(onSignedOut);

  const leave = () =>
    run(async () => {
      await signOut();
      onSignedOut();
    });

  return (
    <div className="grid gap-3">
      <button type="button" className="btn btn-plain" onClick={leave} disabled={busy}>
        <Icon name="door" className="size-5" />
        Sign out
      </button>
      {guest && <p className="text-sm font-bold text-bark">A guest who signs out can't come back: points and duels are lost to you.</p>}
      <p role="status" className="empty:hidden">
        {problem !== null && <Trouble words={problem} />}
      </p>
    </div>
  );
}
