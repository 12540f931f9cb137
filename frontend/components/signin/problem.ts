/**
 * Why a sign-in did not work, as the server tells this page in the address. Anybody can write an address,
 * so only words of ours are ever shown for it.
 */
import { nameOf } from "@/components/account/providers";
import { type Elsewhere } from "@/lib/api";

const codes = ["denied", "expired", "forged", "failed", "taken"] as const;
const providers: readonly Elsewhere[] = ["google", "github"];

export interface Problem {
  code: (typeof codes)[number];
  /** Null = none that we know. */
  provider: Elsewhere | null;
}

/** Null = nothing went wrong that this page knows of. */
export function problemIn(search: string): Problem | null {
  const fields = new URLSearchParams(search);
  const code = codes.find((one) => one === fields.get("problem"));
  if (code === undefined) return null;
  return { code, provider: providers.find((one) => one === fields.get("provider")) ?? null };
}

export interface ProblemWords {
  title: string;
  words: string;
}

export function wordsFor({ code, provider }: Problem): ProblemWords {
  const there = provider === null ? "the other side" : nameOf[provider];
  switch (code) {
    case "denied":
      return { title: "No hard feelings", words: `You said no at ${there}, so nothing was shared and nothing has changed. The door stays open.` };
    case "expired":
      return {
        title: "That one went stale",
        words: "A sign-in is good for ten minutes, once, in a browser that keeps our cookie. This one wasn't, so let's start a fresh one.",
      };
    case "forged":
      return {
        title: "Not our dough",
        words: `What came back from ${there} doesn't belong to a sign-in that began in this browser, so we threw it away. Start again from here to be safe.`,
      };
    case "failed":
      return { title: "Burnt on the way", words: `${capital(there)} didn't answer, or not in a way we can trust. It isn't you: try again in a moment.` };
    case "taken":
      return {
        title: "Already a regular",
        words: `${provider === null ? "That" : `That ${there}`} account plays here already, as somebody else. Two histories can't be stirred into one.`,
      };
  }
}

const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);
