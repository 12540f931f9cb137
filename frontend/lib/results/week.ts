/** The ISO week in UTC: Monday to Sunday. */
const DAY = 86_400_000;

const dayAndMonth = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", timeZone: "UTC" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", timeZone: "UTC" });

/** "23 to 29 November", or "30 November to 6 December". */
export function weekOf(now: number): string {
  const today = new Date(now);
  const sinceMonday = (today.getUTCDay() + 6) % 7;
  const monday = new Date(now - sinceMonday * DAY);
  const sunday = new Date(monday.getTime() + 6 * DAY);
  const oneMonth = monday.getUTCMonth() === sunday.getUTCMonth();
  return `${(oneMonth ? day : dayAndMonth).format(monday)} to ${dayAndMonth.format(sunday)}`;
}
