/** What the server says about its games at run time, as far as the page shows it. */
export interface Numbers {
  /** Length of a duel. */
  seconds: number;
  /** After how long alone in the queue a practice game is offered. */
  practiceAfter: number;
}

/** Until the server has said so; only the look of the clock depends on it. */
export const usualNumbers: Numbers = { seconds: 60, practiceAfter: 10 };
