"use client";

import Link from "next/link";
import { wantDuel } from "@/components/play/intent";

export function PlayButton() {
  return (
    <div className="grid gap-4">
      <Link href="/play/" className="btn btn-big w-full" onClick={wantDuel}>
        Play
      </Link>
      <p className="text-center font-semibold text-balance text-butter lg:text-left">60 seconds. Most cookies win. Gold counts double.</p>
    </div>
  );
}
