import { type HistoryGame } from "@/lib/api";

/** Why it ended, in the words of who reads it. A reason that this page does not know yet is left out. */
export function because({ result, reason }: HistoryGame): string {
  const won = result === "win";
  switch (reason) {
    case "time":
      return result === "draw" ? "same score at the end" : "time was up";
    case "quit":
      return won ? "they quit" : "you quit";
    case "opponent_disconnected":
      return won ? "they lost the connection" : "you lost the connection";
    case "void":
      return "called off, counts for nobody";
    default:
      return "";
  }
}
