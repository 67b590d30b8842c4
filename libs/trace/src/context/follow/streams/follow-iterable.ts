import { types } from 'node:util';
import { setImmediate } from '../../../model/timers.js';
import { methodOf } from '../method-of.js';
import type { Step } from '../step.js';
import { Branches } from './branches.js';
import { interceptMethod, type Original } from './intercept-method.js';
import { dataAt } from './data-at.js';
import { followIterator } from './follow-iterator.js';
import { followOnce, shownOf, StreamFollower } from './stream-follower.js';
import type { ReadingSource } from './stream-follower.js';
import { leaveWhenCollected } from './stream-use.js';
import type { Reading } from './stream-use.js';

/**
 * An object with `Symbol.asyncIterator`, such as the streams of the OpenAI and Anthropic SDKs. Each iteration is a reading
 * of its own.
 */
export function followIterable(step: Step, stream: object, result: object): void {
  followOnce(
    step,
    stream,
    () => new StreamFollower(step, result, true, shownOf(stream, result)),
    (follower) => attachIterable(follower, stream),
  );
}

/** Reports each iteration of `stream` to `source`. */
function attachIterable(source: ReadingSource, stream: object): boolean {
  // The SDKs' streams keep the function that makes their iterators in a property, from which `tee` takes it as well.
  const ofSdk = typeof dataAt(stream, 'iterator') === 'function';
  const running: Running = { last: undefined };
  const attached = attachIteration(source, stream, ofSdk ? 'iterator' : Symbol.asyncIterator, running);
  if (attached && ofSdk) followTee(stream, running);
  return attached;
}

/** Reports the iterations that one method of `stream` begins. */
export function attachIteration(
  source: ReadingSource,
  stream: object,
  key: PropertyKey,
  running: Running = { last: undefined },
): boolean {
  return (
    interceptMethod(stream, key, (original, args) => iterateIn(source, stream, original, args, running)) !== undefined
  );
}

interface Running {
  /** The reading that began last. */
  last: Reading | undefined;
}

function iterateIn(source: ReadingSource, stream: object, make: Original, args: unknown[], running: Running): unknown {
  // A stream that is its own iterator is asked for it again in the middle.
  const again = running.last !== undefined && !running.last.over && methodOf(stream, 'next') !== undefined;
  const reading = again ? undefined : source.begin();
  if (reading === undefined) return make(args);
  running.last = reading;
  let iterator: unknown;
  try {
    iterator = source.call(reading.store, make, [args]);
  } catch (error) {
    reading.fail(error);
    throw error;
  }
  const signal = abortSignalOf(stream);
  if (
    typeof iterator !== 'object' ||
    iterator === null ||
    types.isProxy(iterator) ||
    !followIterator(reading, iterator, source, () => signal?.aborted === true)
  ) {
    reading.end();
    return iterator;
  }
  leaveWhenCollected(reading, iterator);
  if (signal !== undefined) leaveOnAbort(reading, signal);
  return iterator;
}

/** Two streams that take their parts in turn from one reading. Their iterators do not pass on that they are left. */
function followTee(stream: object, running: Running): void {
  interceptMethod(stream, 'tee', (original, args) => {
    const answer = original(args);
    if (!Array.isArray(answer)) return answer;
    const branches = new Branches(() => running.last?.leave(), answer.length);
    for (const branch of answer as unknown[]) {
      if (typeof branch === 'object' && branch !== null && !types.isProxy(branch)) attachIterable(branches, branch);
    }
    return answer;
  });
}

/** The signal of the controller by which the SDKs' streams are aborted. */
function abortSignalOf(stream: object): AbortSignal | undefined {
  const controller = dataAt(stream, 'controller') ?? dataAt(stream, 'abortController');
  return controller instanceof AbortController ? controller.signal : undefined;
}

/**
 * A stream that is aborted while no part of it is awaited has no other event. If a part is awaited, that settles
 * first: the SDKs abort their own request when it breaks.
 */
function leaveOnAbort(reading: Reading, signal: AbortSignal): void {
  const held = new WeakRef(reading);
  signal.addEventListener('abort', () => void setImmediate(() => held.deref()?.leave()), { once: true });
}
