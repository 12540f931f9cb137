"use client";

import Link from "next/link";
import { SignIn } from "@/components/menu/SignIn";
import { Spinner } from "@/components/ui/Spinner";
import { useLoad } from "@/components/ui/useLoad";
import { getConfig, getMe } from "@/lib/api";
import { GameTable } from "./GameTable";
import { Notice } from "./Notice";
import { type Numbers, usualNumbers } from "./numbers";

/** Lets in who is signed in. The game itself begins below this line, so nobody connects without a session. */
export function Play() {
  const { load, reload } = useLoad("me", getMe);
  const config = useLoad("config", getConfig).load;
  const numbers: Numbers =
    config.status === "ready" ? { seconds: config.data.game.seconds, practiceAfter: config.data.practiceAfterSeconds } : usualNumbers;

  if (load.status === "loading") {
    return (
      <main className="grid min-h-dvh place-items-center p-6">
        <div role="status" className="grid justify-items-center gap-4">
          <Spinner className="size-24" />
          <p className="font-display text-xl">Warming up the oven…</p>
        </div>
      </main>
    );
  }
  if (load.status === "failed") {
    return (
      <Notice icon="warn" title="The bakery is not answering" words="We couldn't find out who you are. It is us, not you.">
        <button type="button" className="btn" onClick={reload}>
          Knock again
        </button>
        <Link href="/" className="btn btn-plain">
          Menu
        </Link>
      </Notice>
    );
  }
  if (load.data === null) {
    return (
      <main className="grid min-h-dvh place-items-center p-5">
        <div className="anim-rise w-full max-w-md">
          <h1 className="title mb-8 text-center text-5xl">Overcookied</h1>
          <SignIn onDone={reload} heading="First, who's clicking?" />
        </div>
      </main>
    );
  }
  return <GameTable player={load.data.player} numbers={numbers} />;
}
