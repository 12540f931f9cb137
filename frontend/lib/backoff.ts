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

/** 0, 100, 200, 300 ms and so on, after eleven failures 600, 1200, 2000 ms; jitter takes away up to a half. */
export function backoff(failures: number, random: number): number {
  const full = failures <= QUICK_FAILURES ? Math.min(QUICK, STEP * failures) : doubled(QUICK, failures - QUICK_FAILURES);
  return full * (1 - random / 2);
}

function doubled(from: number, times: number): number {
  return Math.min(LONGEST, from * 2 ** times);
}

/** To be sent on is no failure; only pods that send us round in circles are given time. */
export function moveDelay(movesInARow: number, random: number): number {
  if (movesInARow <= MOVES_AT_ONCE) return random * MOVE_SPREAD;
  return doubled(STEP, movesInARow - MOVES_AT_ONCE - 1) * (1 - random / 2);
}
