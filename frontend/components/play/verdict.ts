import { type Result } from "@/lib/game/state";

/** Within a tenth of the winner's points: that hurts, and deserves to be called so. */
export function headline({ outcome, reason: why }: Result, mine: number, theirs: number): string {
  switch (outcome) {
    case "win":
      return "You win!";
    case "loss":
      return why === "time" && theirs - mine <= theirs / 10 ? "So close!" : "Crumbs!";
    case "draw":
      return "A draw!";
    case "void":
      return "Called off";
  }
}

/** Why it ended, in one sentence for the one who reads it. */
export function reason({ outcome, reason: why }: Result, opponent: string): string {
  if (why === "void") return "Both of you were gone for too long. It counts for nobody.";
  if (why === "quit") return outcome === "win" ? `${opponent} left the kitchen.` : "You left the kitchen, so this one is lost.";
  if (why === "opponent_disconnected") {
    return outcome === "win" ? `${opponent} lost the connection and didn't come back.` : "You were away for too long, so this one is lost.";
  }
  switch (outcome) {
    case "win":
      return "The minute is over and the jar is yours.";
    case "loss":
      return `You lost this one. ${opponent} takes the jar.`;
    default:
      return "Same score to the crumb. You share the jar.";
  }
}
