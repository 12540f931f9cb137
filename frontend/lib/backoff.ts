/** How long to wait before the next attempt to connect. Random is 0 up to 1. */

const FIRST = 100;
const LONGEST = 2000;
/** After 1012 a whole pod's players come at once: spread them over this long. */
const MOVE_SPREAD = 200;

/** 0, 100, 200, 400 ms … 2 s, of which jitter takes away up to a half. */
export function backoff(failures: number, random: number): number {
  if (failures === 0) return 0;
  const full = Math.min(LONGEST, FIRST * 2 ** (failures - 1));
  return full * (1 - random / 2);
}

export function moveDelay(failures: number, random: number): number {
  return Math.max(random * MOVE_SPREAD, backoff(failures, random));
}
