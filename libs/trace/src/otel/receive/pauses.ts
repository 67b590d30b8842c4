import { nextTurn, performance } from '../../model/timers.js';

/** Milliseconds of work in one turn of the event loop: requests of the application come first. */
const TURN_MS = 5;

/** A function that says whether this turn, which begins now, has worked long enough. */
export function turnOver(): () => boolean {
  const began = performance.now();
  return () => performance.now() - began >= TURN_MS;
}

/** A function to call between pieces of work. It returns a promise where this turn has worked long enough. */
export function pauses(): () => Promise<void> | undefined {
  let began = performance.now();
  const pause = async (): Promise<void> => {
    await nextTurn();
    began = performance.now();
  };
  return () => (performance.now() - began < TURN_MS ? undefined : pause());
}
