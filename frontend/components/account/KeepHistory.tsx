"use client";

import { ProviderMark } from "@/components/art/ProviderMark";
import { Trouble } from "@/components/ui/Trouble";
import { useRestored } from "@/components/ui/useRestored";
import { useTask } from "@/components/ui/useTask";
import { type Elsewhere, upgrade } from "@/lib/api";
import { nameOf } from "./providers";

/** Guests become somebody who can come back. Nothing, where the server has no provider. */
export function KeepHistory({ elsewhere, onStale }: { elsewhere: readonly Elsewhere[]; onStale: () => void }) {
  const { busy, problem, run, reset } = useTask(onStale);
  // Back from the provider the page would still be busy.
  useRestored(reset);

  if (elsewhere.length === 0) return null;
  return (
    <section className="card grid gap-4 p-6" aria-labelledby="keep">
      <h2 id="keep" className="text-xl font-semibold">
        Keep your history
      </h2>
      <p className="font-semibold text-bark">
        A guest can stay for 30 days, or 7 without a visit. Then the door closes, and your points and duels are lost to you. Move in for good, and they come
        along.
      </p>
      {elsewhere.map((provider) => (
        <button key={provider} type="button" className="btn btn-plain" disabled={busy} onClick={() => run(async () => window.location.assign(await upgrade(provider)))}>
          <ProviderMark provider={provider} />
          Continue with {nameOf[provider]}
        </button>
      ))}
      <p role="status" className="empty:hidden">
        {problem !== null && <Trouble words={problem} />}
      </p>
    </section>
  );
}
