"use client";

import Link from "next/link";
import { KeepHistory } from "@/components/account/KeepHistory";
import { nameOf } from "@/components/account/providers";
import { Who } from "@/components/account/Who";
import { ProviderMark } from "@/components/art/ProviderMark";
import { type Elsewhere, loginPath, type Player } from "@/lib/api";
import { type Problem } from "./problem";

interface Props {
  player: Player;
  problem: Problem | null;
  elsewhere: readonly Elsewhere[];
  onStale: () => void;
}

/** For whoever is signed in all the same: a second sign-in would replace who they are, so the first offer is to stay that. */
export function StillHere({ player, problem, elsewhere, onStale }: Props) {
  const guest = player.provider === "guest";
  const other = guest && problem?.code === "taken" ? problem.provider : null;

  return (
    <>
      <section className="card grid gap-5 p-6" aria-labelledby="still">
        <h2 id="still" className="text-2xl font-semibold break-words">
          You are still {player.name}
        </h2>
        <Who player={player} />
        <div className="grid gap-3 sm:grid-cols-2">
          <Link href="/" className="btn">
            {other === null ? "To the menu" : `Stay ${player.name}`}
          </Link>
          {other === null ? (
            <Link href="/account/" className="btn btn-plain">
              Your account
            </Link>
          ) : (
            <a href={loginPath(other)} className="btn btn-plain">
              <ProviderMark provider={other} />
              Use that {nameOf[other]} account
            </a>
          )}
        </div>
        {other !== null && (
          <p className="text-sm font-bold text-bark">If you use that account, this guest and its history stay behind, and there is no way back to them.</p>
        )}
      </section>
      {guest && problem !== null && problem.code !== "taken" && <KeepHistory elsewhere={elsewhere} onStale={onStale} />}
    </>
  );
}
