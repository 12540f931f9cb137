/** Time as a value that can be handed in, so that tests own it. */

export type Cancel = () => void;

export interface Clock {
  /** Milliseconds, never going backwards. */
  now(): number;
  after(delay: number, run: () => void): Cancel;
}

export const pageClock: Clock = {
  now: () => performance.now(),
  after(delay, run) {
    const timer = setTimeout(run, delay);
    return () => clearTimeout(timer);
  },
};
