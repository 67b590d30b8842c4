import type { Step } from '../step.js';
import { currentStore } from '../../trace-context.js';
import { Branches } from './branches.js';
import { dataAt } from './data-at.js';
import { attachWebStream, isWebStream } from './follow-web-stream.js';
import { followOnce, StreamFollower } from './stream-follower.js';
import type { ReadingSource } from './stream-follower.js';
import type { Reading } from './stream-use.js';

/**
 * Whether a value is a result of `streamText` or `streamObject` of the AI SDK (5 to 7): an object whose getters (`textStream`, `fullStream`,
 * `usage`, …) each read a branch of the stream in its property `baseStream`.
 */
export function isAiResult(value: object): boolean {
  const base = dataAt(value, 'baseStream');
  return typeof base === 'object' && base !== null && isWebStream(base) && getterOf(value, 'fullStream') !== undefined;
}

/**
 * The parts are seen at the base stream, which is read once, whichever branches are. That a reader leaves is seen at the
 * branches: the base stream is never cancelled, since one branch of it always stays unread.
 */
export function followAiResult(step: Step, result: object): void {
  const base = dataAt(result, 'baseStream') as object;
  followOnce(
    step,
    result,
    () => new StreamFollower(step, result, false, 'parts'),
    (follower) => {
      const branches = new Branches(() => follower.running()?.leave());
      return attachWebStream(partsOf(follower), base) && interceptGetters(result, branches);
    },
  );
}

/** The getters of streams that a result has, in its versions. */
const STREAMS = [
  'stream',
  'fullStream',
  'textStream',
  'partialOutputStream',
  'experimental_partialOutputStream',
  'partialObjectStream',
  'elementStream',
];

function interceptGetters(result: object, branches: Branches): boolean {
  for (const key of STREAMS) {
    const getter = getterOf(result, key);
    if (getter === undefined) continue;
    const get = function (this: unknown): unknown {
      const stream: unknown =
        this === result
          ? branches.call(currentStore(), () => Reflect.apply(getter, result, []), [])
          : Reflect.apply(getter, this, []);
      if (this === result && !branches.nested && typeof stream === 'object' && stream !== null && isWebStream(stream))
        attachWebStream(branches, stream);
      return stream;
    };
    if (!Reflect.defineProperty(result, key, { get, configurable: true, enumerable: false })) return false;
  }
  return true;
}

function getterOf(object: object, key: string): (() => unknown) | undefined {
  for (let holder: object | null = object; holder !== null; holder = Object.getPrototypeOf(holder) as object | null) {
    const descriptor = Object.getOwnPropertyDescriptor(holder, key);
    if (descriptor !== undefined) return descriptor.get;
  }
  return undefined;
}

/** Takes each part out of the envelope that the base stream puts it in. Errors and aborts are parts too. */
function partsOf(follower: StreamFollower): ReadingSource {
  return {
    begin() {
      const use = follower.begin();
      return use && new AiReading(use);
    },
    call: (store, method, args) => follower.call(store, method, args),
  };
}

class AiReading implements Reading {
  constructor(private readonly use: Reading) {}

  get store(): Reading['store'] {
    return this.use.store;
  }

  get over(): boolean {
    return this.use.over;
  }

  part(value: unknown): void {
    const part = dataAt(value, 'part') ?? value;
    this.use.part(part);
    const type = dataAt(part, 'type');
    if (type === 'error') this.use.fail(dataAt(part, 'error'));
    else if (type === 'abort') this.use.leave();
  }

  end(): void {
    this.use.end();
  }

  fail(error: unknown): void {
    this.use.fail(error);
  }

  leave(): void {
    this.use.leave();
  }
}
