"use client";

import { type FormEvent, useId, useRef, useState } from "react";
import { Icon } from "@/components/art/Icon";
import { ApiProblem, getConfig, loginPath, type Provider, signInAsGuest } from "@/lib/api";
import { useLoad } from "@/components/ui/useLoad";

const elsewhere = { google: "Google", github: "GitHub" } as const;

const isElsewhere = (p: Provider): p is keyof typeof elsewhere => p !== "guest";

/** A name and in. Other ways in appear only when the server offers them. */
export function SignIn({ onDone, heading = "Who's clicking?" }: { onDone: () => void; heading?: string }) {
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
        <a key={p} className="btn btn-plain" href={loginPath(p)}>
          Continue with {elsewhere[p]}
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
    </section>
  );
}

function GuestForm({ onDone }: { onDone: () => void }) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const name = input.current?.value.trim() ?? "";
    if (name === "") return refuse("Every baker needs a name. Type yours first.");
    setBusy(true);
    setProblem(null);
    try {
      await signInAsGuest(name);
      onDone();
    } catch (error) {
      refuse(error instanceof ApiProblem && error.detail ? error.detail : "We couldn't reach the bakery. Try again in a moment.");
    }
  };

  const refuse = (words: string) => {
    setBusy(false);
    setProblem(words);
    input.current?.focus();
  };

  return (
    <form onSubmit={submit} noValidate className="grid gap-3">
      <div className="grid gap-1.5">
        <label htmlFor={id} className="font-bold text-bark">
          Your name
        </label>
        <input
          id={id}
          ref={input}
          className="field"
          type="text"
          name="name"
          maxLength={20}
          autoComplete="nickname"
          autoCapitalize="words"
          spellCheck={false}
          enterKeyHint="go"
          placeholder="Crumb Bandit"
          aria-invalid={problem !== null}
          aria-describedby={`${id}-help`}
          onChange={() => setProblem(null)}
        />
        <p id={`${id}-help`} aria-live="polite" className={`text-sm font-bold ${problem === null ? "text-bark" : "text-berry-deep"}`}>
          {problem === null ? (
            "3 to 20 characters. No password, no email."
          ) : (
            <span className="flex items-start gap-1.5">
              <Icon name="warn" className="mt-0.5 size-4" />
              {problem}
            </span>
          )}
        </p>
      </div>
      <button type="submit" className="btn btn-big" disabled={busy}>
        {busy ? "Opening…" : "Come on in"}
      </button>
    </form>
  );
}
