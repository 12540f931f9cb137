"use client";

import { ProviderMark } from "@/components/art/ProviderMark";
import { isElsewhere, nameOf } from "@/components/account/providers";
import { useLoad } from "@/components/ui/useLoad";
import { getConfig, loginPath } from "@/lib/api";
import { FinePrint } from "./FinePrint";
import { GuestForm } from "./GuestForm";

interface Props {
  onDone: () => void;
  heading?: string;
  /** Where those come out who go to a provider: a path of ours. */
  next?: string;
  /** The server has sent the browser here from another address of its own. */
  sent?: boolean;
}

/** A name and in. Other ways in appear only when the server offers them. */
export function SignIn({ onDone, heading = "Who's clicking?", next, sent }: Props) {
  const { load, reload } = useLoad("config", getConfig);
  const providers = load.status === "ready" ? load.data.providers : [];
  const guest = load.status !== "ready" || providers.includes("guest");
  const others = providers.filter(isElsewhere);

  return (
    <section className="card grid w-full gap-4 p-6" aria-labelledby="sign-in">
      <h2 id="sign-in" className="text-2xl font-semibold">
        {heading}
      </h2>
      {guest && <GuestForm onDone={onDone} />}
      {guest && others.length > 0 && <p className="text-center text-sm font-bold text-bark">or</p>}
      {others.map((p) => (
        <a key={p} className="btn btn-plain" href={loginPath(p, next, sent)}>
          <ProviderMark provider={p} />
          Continue with {nameOf[p]}
        </a>
      ))}
      {load.status === "failed" && (
        <p role="alert" className="text-sm font-bold text-bark">
          The bakery is not answering.{" "}
          <button type="button" className="min-h-11 underline underline-offset-4" onClick={reload}>
            Try again
          </button>
        </p>
      )}
      <FinePrint />
    </section>
  );
}
