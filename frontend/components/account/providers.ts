/** What the ways in are called, for people. */
import { type Elsewhere, type Provider } from "@/lib/api";

export const nameOf: Readonly<Record<Elsewhere, string>> = { google: "Google", github: "GitHub" };

export const isElsewhere = (provider: Provider): provider is Elsewhere => provider !== "guest";

/** A newer server may know ways in that this page does not. */
export function howSignedIn(provider: string): string {
  if (provider === "guest") return "Playing as a guest";
  return provider === "google" || provider === "github" ? `Signed in with ${nameOf[provider]}` : "Signed in";
}
