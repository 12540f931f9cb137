/** How long to wait before the next attempt to connect. Random is 0 up to 1. */

const FIRST = 100;
const LONGEST = 2000;
/** After 1012 a whole pod's players come at once: spread them over this long. */
const MOVE_SPREAD = 100;
/** A rolling restart may send us on from every pod in turn. More often is pods at odds with each other. */
const MOVES_AT_ONCE = 5;

/** 0, 100, 200, 400 ms … 2 s, of which jitter takes away up to a half. */
export function backoff(failures: number, random: number): number {
  if (failures === 0) return 0;
  const full = Math.min(LONGEST, FIRST * 2 ** (failures - 1));
  return full * (1 - random / 2);
}

/** To be sent on is no failure; only pods that send us round in circles are given time. */
export function moveDelay(movesInARow: number, random: number): number {
  return movesInARow <= MOVES_AT_ONCE ? random * MOVE_SPREAD : backoff(movesInARow - MOVES_AT_ONCE, random);
}
