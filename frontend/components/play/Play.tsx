"use client";

import { SignIn } from "@/components/signin/SignIn";
import { NotAnswering } from "@/components/ui/NotAnswering";
import { useLoad } from "@/components/ui/useLoad";
import { Warming } from "@/components/ui/Warming";
import { getConfig, getMe } from "@/lib/api";
import { GameTable } from "./GameTable";
import { type Numbers, usualNumbers } from "./numbers";

/** Lets in who is signed in. The game itself begins below this line, so nobody connects without a session. */
export function Play() {
  const { load, reload } = useLoad("me", getMe);
  const config = useLoad("config", getConfig).load;
  const numbers: Numbers =
    config.status === "ready" ? { seconds: config.data.game.seconds, practiceAfter: config.data.practiceAfterSeconds } : usualNumbers;

  if (load.status === "loading") return <Warming />;
  if (load.status === "failed") return <NotAnswering retry={reload} />;
  if (load.data === null) {
    return (
      <main className="grid min-h-dvh place-items-center p-5">
        <div className="anim-rise w-full max-w-md">
          <h1 className="title mb-8 text-center text-5xl">Overcookied</h1>
          <SignIn onDone={reload} heading="First, who's clicking?" next="/play/" />
        </div>
      </main>
    );
  }
  return <GameTable player={load.data.player} numbers={numbers} />;
}
