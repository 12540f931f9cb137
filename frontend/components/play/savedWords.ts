import { isRanked, type LastGame } from "@/lib/results/lastGame";
import { ordinal } from "@/lib/results/ordinal";

/** What became of a result, in a line. */
export function savedWords({ progress, game, place }: LastGame): string {
  switch (progress) {
    case "saving":
      return "Saving the result…";
    case "late":
      return "The result is safe, and will be in your duels soon.";
    case "saved":
      if (!isRanked(game)) return "Saved in your duels.";
      return place === null ? "Saved in your duels, and it counts." : `Saved. You are ${ordinal(place)} this week.`;
  }
}
