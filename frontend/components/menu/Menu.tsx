"use client";

import { Awning } from "@/components/art/Awning";
import { History } from "@/components/history/History";
import { Leaderboard } from "@/components/leaderboard/Leaderboard";
import { SignIn } from "@/components/signin/SignIn";
import { SoundToggle } from "@/components/sound/SoundToggle";
import { Footer } from "@/components/ui/Footer";
import { useLoad } from "@/components/ui/useLoad";
import { useNewResult } from "@/hooks/useLastGame";
import { getMe } from "@/lib/api";
import { Hero } from "./Hero";
import { HowItWorks } from "./HowItWorks";
import { PlayButton } from "./PlayButton";
import { PlayerCard } from "./PlayerCard";

export function Menu() {
  const { load, reload, refresh } = useLoad("me", getMe);
  useNewResult(refresh);
  const me = load.status === "ready" ? load.data : null;

  return (
    <>
      <Awning className="absolute inset-x-0 top-0 z-10" />
      <div className="absolute top-[4.5rem] right-4 z-20">
        <SoundToggle />
      </div>
      {/* The rays of the cookie may reach the edge of the window, never beyond. */}
      <main className="overflow-x-clip px-5 pt-[7.6rem] pb-8 lg:px-8 lg:pt-24">
        <div className="mx-auto w-full max-w-[70rem]">
        <div className="grid items-center gap-x-12 gap-y-5 lg:gap-y-8 lg:grid-cols-[minmax(0,1fr)_26rem]">
          <header className="anim-rise text-center lg:self-end lg:text-left">
            <h1 className="title text-[clamp(3.1rem,14vw,6.4rem)]">Overcookied</h1>
            <p className="mx-auto mt-4 max-w-md text-base text-balance sm:text-lg lg:mt-5 font-semibold text-butter lg:mx-0 lg:text-xl">
              One cookie. One minute. Two people who really should have stopped clicking by now.
            </p>
          </header>
          <Hero className="mx-auto w-[min(48vw,15rem)] lg:row-span-2 lg:w-full" />
          <div className="anim-rise delay-1 relative z-10 mx-auto w-full max-w-md lg:mx-0 lg:self-start">
            {load.status === "loading" && <Warming />}
            {load.status === "failed" && <Closed retry={reload} />}
            {load.status === "ready" && (me === null ? <SignIn onDone={reload} /> : <PlayButton />)}
          </div>
        </div>

        {me === null ? (
          <HowItWorks />
        ) : (
          <div className="anim-rise delay-2 mt-12 grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:mt-14 lg:grid-cols-[repeat(2,minmax(0,1fr))]">
            <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
              <PlayerCard me={me} />
              <History me={me} />
            </div>
            <Leaderboard playerId={me.player.id} />
          </div>
        )}
        </div>
      </main>
      <Footer />
    </>
  );
}

function Warming() {
  return (
    <div role="status">
      <span className="sr-only">Warming up the oven</span>
      <div className="skeleton h-[76px] rounded-[1.6rem]! opacity-30" />
    </div>
  );
}

function Closed({ retry }: { retry: () => void }) {
  return (
    <div role="alert" className="card grid gap-3 p-6 text-center">
      <p className="font-display text-xl font-semibold">The bakery is not answering</p>
      <p className="font-semibold text-bark">Your scores are safe in the pantry. Give it a moment.</p>
      <button type="button" className="btn" onClick={retry}>
        Knock again
      </button>
    </div>
  );
}
