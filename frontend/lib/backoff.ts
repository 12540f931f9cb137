/** How long to wait before the next attempt to connect. Random is 0 up to 1. */

const STEP = 100;
/** A balancer goes on sending some attempts to a pod that is gone: the first few follow each other quickly. */
const QUICK_FAILURES = 10;
const QUICK = 300;
const LONGEST = 2000;
/** After 1012 a whole pod's players come at once: spread them over this long. */
const MOVE_SPREAD = 100;
/** A rolling restart may send us on from every pod in turn. More often is pods at odds with each other. */
const MOVES_AT_ONCE = 5;

/** 0, 100, 200, 300, 300 ms …, after ten failures 600, 1200, 2000 ms; jitter takes away up to a half. */
export function backoff(failures: number, random: number): number {
  const quick = Math.min(QUICK, STEP * failures);
  const slow = Math.min(LONGEST, QUICK * 2 ** (failures - QUICK_FAILURES));
  return (failures <= QUICK_FAILURES ? quick : slow) * (1 - random / 2);
}

/** To be sent on is no failure; only pods that send us round in circles are given time. */
export function moveDelay(movesInARow: number, random: number): number {
  return movesInARow <= MOVES_AT_ONCE ? random * MOVE_SPREAD : backoff(movesInARow - MOVES_AT_ONCE, random);
}
