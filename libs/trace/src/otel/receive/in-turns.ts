import { nextTurn, performance } from '../../model/timers.js';

/** Milliseconds of work in one turn of the event loop: requests of the application come first. */
const TURN_MS = 5;

/**
 * Does work in turns of the event loop, and returns what it returns. It may stop for the application at each `yield`.
 *
 * @param around called for each turn with a function that does its part. Default: it calls the function
 */
export async function inTurns<T>(
  work: Generator<void, T>,
  around: (turn: () => void) => void = (turn) => turn(),
): Promise<T> {
  for (;;) {
    let step: IteratorResult<void, T> | undefined;
    around(() => {
      const began = performance.now();
      do step = work.next();
      while (!step.done && performance.now() - began < TURN_MS);
    });
    if (step?.done) return step.value;
    await nextTurn();
  }
}
