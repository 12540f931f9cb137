"use client";

import { useLoad } from "@/components/ui/useLoad";
import { type Elsewhere, getConfig, getMe, type Me } from "@/lib/api";
import { isElsewhere } from "./providers";

export interface Visitor {
  /** Null = not signed in. */
  me: Me | null;
  /** The providers that this server has. */
  elsewhere: readonly Elsewhere[];
}

/** Who is here, and which other doors there are: together, so that nothing on the page jumps when the second answer comes. */
export function useVisitor() {
  return useLoad<Visitor>("visitor", async () => {
    const [me, { providers }] = await Promise.all([getMe(), getConfig()]);
    return { me, elsewhere: providers.filter(isElsewhere) };
  });
}
