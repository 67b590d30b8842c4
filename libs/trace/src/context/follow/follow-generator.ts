import { types } from 'node:util';
import { followNewPromise } from './follow-promise.js';
import { methodOf, shadowMethod } from './method-of.js';
import { LazySettlement } from './step.js';
import type { Step, Streamed } from './step.js';
import { StreamParts } from './streams/stream-parts.js';
import { runInStore } from '../trace-context.js';

/** Generators that were begun and then dropped without `return()`, as a hand-written loop can do. Their steps end when they are collected. */
const dropped = new FinalizationRegistry<Step>((step) => step.cancel());

/**
 * A generator (sync or async) works while it is being read: each `next`, `return` and `throw` runs in the step's context,
 * and the step settles when the body is done or given up. The output of an async generator that returns nothing is a summary
 * of its parts, as for other streams.
 */
export function followGenerator(step: Step, generator: object): void {
  const first = new LazySettlement(step);
  let begun = false;
  let running: Step | undefined;
  // An async generator often passes on the stream of a model.
  const parts = Symbol.asyncIterator in generator ? new StreamParts() : undefined;

  const advance = (
    method: (...args: never[]) => unknown,
    givesUp: boolean,
    self: unknown,
    args: unknown[],
  ): unknown => {
    if (!begun) {
      begun = true;
      running = first.take();
      if (running !== undefined) dropped.register(generator, running);
    }
    const current = running;
    if (current === undefined || self !== generator) return Reflect.apply(method, self, args);
    const stepped = (result: unknown): void => {
      const { done, value } = result as IteratorResult<unknown>;
      if (running === undefined) return;
      if (!done) {
        parts?.add(value);
        return;
      }
      running = undefined;
      if (givesUp) current.cancel(streamedBy(parts));
      else current.succeed(value, value === undefined ? streamedBy(parts) : { usage: parts?.usage });
    };
    const failed = (error: unknown): void => {
      running = undefined;
      current.fail(error, streamedBy(parts));
    };
    let result: unknown;
    try {
      result = runInStore(current.store, Reflect.apply<unknown, unknown[], unknown>, method as never, self, args);
    } catch (error) {
      failed(error);
      throw error;
    }
    if (types.isPromise(result)) return followNewPromise(result, { succeed: stepped, fail: failed });
    stepped(result);
    return result;
  };

  for (const key of ['next', 'return', 'throw'] as const) {
    const method = methodOf(generator, key);
    if (method === undefined) continue;
    const { [key]: shadow } = {
      [key](this: unknown, ...args: unknown[]) {
        return advance(method, key === 'return', this, args);
      },
    };
    Object.defineProperty(shadow, 'length', { value: method.length, configurable: true });
    shadowMethod(generator, key, shadow as never);
  }
}

function streamedBy(parts: StreamParts | undefined): Streamed | undefined {
  return parts && { output: parts.summary(), usage: parts.usage };
}
