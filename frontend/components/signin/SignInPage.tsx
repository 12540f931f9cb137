"use client";

import { useRouter } from "next/navigation";
import { useVisitor } from "@/components/account/useVisitor";
import { NotAnswering } from "@/components/ui/NotAnswering";
import { Page } from "@/components/ui/Page";
import { Warming } from "@/components/ui/Warming";
import { problemIn, wordsFor } from "./problem";
import { SignIn } from "./SignIn";
import { StillHere } from "./StillHere";
import { useSearch } from "./useSearch";
import { WhatHappened } from "./WhatHappened";

/** Where one lands when signing in somewhere else did not work, and for whoever types the address. */
export function SignInPage() {
  const router = useRouter();
  const search = useSearch();
  const { load, reload } = useVisitor();

  if (search === null || load.status === "loading") return <Warming />;
  if (load.status === "failed") return <NotAnswering retry={reload} />;

  const { me, elsewhere } = load.data;
  const problem = problemIn(search);
  const words = problem === null ? null : wordsFor(problem);
  return (
    <Page title={words?.title ?? (me === null ? "Come on in" : "You're in already")}>
      {words !== null && <WhatHappened words={words.words} />}
      {me === null ? (
        <SignIn onDone={() => router.push("/")} heading={problem === null ? undefined : "Once more?"} sent={new URLSearchParams(search).has("sent")} />
      ) : (
        <StillHere player={me.player} problem={problem} elsewhere={elsewhere} onStale={reload} />
      )}
    </Page>
  );
}
