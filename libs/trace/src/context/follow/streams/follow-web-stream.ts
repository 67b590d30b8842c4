import { ReadableStream } from 'node:stream/web';
import { methodOf } from '../method-of.js';
import type { Method } from '../method-of.js';
import type { Step } from '../step.js';
import { interceptMethod } from './intercept-method.js';
import { dataAt } from './data-at.js';
import { attachIteration } from './follow-iterable.js';
import { followAnswer } from './follow-iterator.js';
import { followOnce, shownOf, StreamFollower } from './stream-follower.js';
import type { ReadingSource } from './stream-follower.js';
import { leaveWhenCollected } from './stream-use.js';
import type { Reading } from './stream-use.js';
import { tapped, type PipeKey } from './tap-web-stream.js';

/** A web stream, Node's or a polyfill's. */
export function isWebStream(value: object): boolean {
  return (
    methodOf(value, 'getReader') !== undefined &&
    methodOf(value, 'pipeTo') !== undefined &&
    methodOf(value, 'tee') !== undefined
  );
}

/** @param shows what is recorded as the output: for a `Response`: itself */
export function followWebStream(step: Step, stream: object, result: object, shows = shownOf(stream, result)): void {
  followOnce(
    step,
    stream,
    () => new StreamFollower(step, result, false, shows),
    (follower) => attachWebStream(follower, stream),
  );
}

/**
 * Reports the reading of a web stream to `source`. Methods of readers and iterators are intercepted. What Node reads
 * without a public method (`tee`, `pipeTo`, `pipeThrough`) reads a tap, which asks for a part only when it is asked for one.
 */
export function attachWebStream(source: ReadingSource, stream: object): boolean {
  const getReader = methodOf(stream, 'getReader');
  if (getReader === undefined) return false;
  const intercepted = interceptMethod(stream, 'getReader', (original, args) => {
    // Throws where the stream is locked: then no reading begins.
    const reader = original(args) as object;
    const reading = source.begin();
    if (reading === undefined) return reader;
    followReader(reading, reader, source);
    leaveWhenCollected(reading, stream);
    return reader;
  });
  if (intercepted === undefined) return false;
  interceptMethod(stream, 'cancel', (original, args) => {
    if (!isLocked(stream)) source.begin()?.leave();
    return original(args);
  });
  for (const key of [Symbol.asyncIterator, 'values']) attachIteration(source, stream, key);
  for (const key of ['tee', 'pipeTo', 'pipeThrough'] as const) interceptPipe(source, stream, key, getReader);
  return true;
}

function followReader(reading: Reading, reader: object, source: ReadingSource): void {
  let released = false;
  const onValue = (result: unknown): void => {
    if (dataAt(result, 'done') === true) reading.end();
    else reading.part(dataAt(result, 'value'));
  };
  // A read that the reader itself gave up is no failure of the stream.
  const onError = (error: unknown): void => void (released || reading.fail(error));
  interceptMethod(reader, 'read', (original, args) =>
    reading.over ? original(args) : followAnswer(source.call(reading.store, original, [args]), onValue, onError),
  );
  interceptMethod(reader, 'cancel', (original, args) => {
    reading.leave();
    return original(args);
  });
  interceptMethod(reader, 'releaseLock', (original, args) => {
    released = true;
    return original(args);
  });
}

function interceptPipe(source: ReadingSource, stream: object, key: PipeKey, getReader: Method): void {
  // A class with its own method reads by the public ones.
  if (methodOf(stream, key) !== ReadableStream.prototype[key]) return;
  interceptMethod(stream, key, (original, args) => {
    // Locked: the method reports that. `preventCancel`: the stream itself goes on to be read after the pipe.
    if (isLocked(stream) || keepsSource(args[1])) return original(args);
    const reading = source.begin();
    if (reading === undefined) return original(args);
    leaveWhenCollected(reading, stream);
    return tapped(reading, stream, getReader, key, args);
  });
}

function keepsSource(options: unknown): boolean {
  return dataAt(options, 'preventCancel') === true;
}

function isLocked(stream: object): boolean {
  return stream instanceof ReadableStream && stream.locked;
}
