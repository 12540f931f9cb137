import { whatWentWrong } from "@/components/ui/whatWentWrong";
import { ApiProblem } from "@/lib/api";

/** Where nobody or a gateway answered, it may be half done. */
const unfinished: ReadonlySet<number> = new Set([0, 502, 503, 504]);

/** Why the account is not deleted, or why nobody can tell. */
export function whyNotDeleted(error: unknown): string {
  return error instanceof ApiProblem && unfinished.has(error.status)
    ? "That is not finished yet: the bakery stopped answering halfway. Try again, doing it twice does no harm."
    : whatWentWrong(error);
}
