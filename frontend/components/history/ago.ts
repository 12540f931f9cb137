const words = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "long" });
const steps: ReadonlyArray<readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number]> = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** "5 minutes ago", and the date when it is longer than a week. */
export function ago(iso: string, now: number): string {
  const then = Date.parse(iso);
  if (Number.isNaN(then)) return "";
  const past = Math.max(0, (now - then) / 1000);
  if (past > 7 * 86_400) return new Date(then).toLocaleDateString("en", { day: "numeric", month: "short", year: "numeric" });
  for (const [unit, seconds] of steps) {
    if (past >= seconds) return words.format(-Math.floor(past / seconds), unit);
  }
  return "just now";
}

/** The moment itself, on the clock of who reads it. */
export function exactly(iso: string): string {
  const then = Date.parse(iso);
  return Number.isNaN(then) ? "" : new Date(then).toLocaleString("en", { dateStyle: "full", timeStyle: "medium" });
}
