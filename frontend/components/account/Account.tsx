"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Notice } from "@/components/play/Notice";
import { SignIn } from "@/components/signin/SignIn";
import { NotAnswering } from "@/components/ui/NotAnswering";
import { Page } from "@/components/ui/Page";
import { Warming } from "@/components/ui/Warming";
import { DeleteAccount } from "./DeleteAccount";
import { KeepHistory } from "./KeepHistory";
import { RenameForm } from "./RenameForm";
import { SignOut } from "./SignOut";
import { useVisitor } from "./useVisitor";
import { Who } from "./Who";

/** Who is signed in, and everything that can be done about it. */
export function Account() {
  const router = useRouter();
  const { load, reload, put } = useVisitor();
  const [deleted, setDeleted] = useState(false);

  if (deleted) return <Deleted />;
  if (load.status === "loading") return <Warming />;
  if (load.status === "failed") return <NotAnswering retry={reload} />;

  const { me, elsewhere } = load.data;
  if (me === null) {
    return (
      <Page title="Your account">
        <SignIn onDone={reload} heading="First, who's clicking?" next="/account/" />
      </Page>
    );
  }
  const guest = me.player.provider === "guest";
  return (
    <Page title="Your account">
      <section className="card grid gap-5 p-6" aria-label="You">
        <Who player={me.player} />
        <RenameForm name={me.player.name} onRenamed={(renamed) => put({ me: renamed, elsewhere })} onStale={reload} />
      </section>
      {guest && <KeepHistory elsewhere={elsewhere} onStale={reload} />}
      <section className="card grid gap-4 p-6" aria-labelledby="leaving">
        <h2 id="leaving" className="text-xl font-semibold">
          Leaving?
        </h2>
        <SignOut guest={guest} onSignedOut={() => router.push("/")} />
        <DeleteAccount onDeleted={() => setDeleted(true)} onStale={reload} />
      </section>
    </Page>
  );
}

function Deleted() {
  return (
    <Notice icon="crumbs" title="Gone, to the last crumb" words="Your account is deleted and you are signed out. It was nice baking with you.">
      <Link href="/" className="btn">
        Back to the bakery
      </Link>
    </Notice>
  );
}
