import { ApiProblem } from "@/lib/api";

/** The server says what is wrong in words for people; where it can't, something in between has failed. */
export function whatWentWrong(error: unknown): string {
  return error instanceof ApiProblem && error.detail !== "" ? error.detail : "We couldn't reach the bakery. Try again in a moment.";
}
