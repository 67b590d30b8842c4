import { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { methodOf } from '../method-of.js';
import type { Step } from '../step.js';
import { currentStore, runInStore } from '../../trace-context.js';
import { interceptMethod } from './intercept-method.js';
import { dataAt } from './data-at.js';
import { followOnce, shownOf, StreamFollower } from './stream-follower.js';
import { leaveWhenCollected } from './stream-use.js';
import type { StreamUse } from './stream-use.js';

/** A `Readable` of Node's or of the package `readable-stream`. A socket is a connection: it is no result that is read once. */
export function isReadable(value: object): value is Readable {
  return (
    typeof dataAt(value, '_readableState') === 'object' &&
    Object.prototype.isPrototypeOf.call(EventEmitter.prototype, value) &&
    !Object.prototype.isPrototypeOf.call(Socket.prototype, value) &&
    methodOf(value, 'pipe') !== undefined
  );
}

/**
 * A Node stream gives each part, its end, its error and its close through `emit`, whichever way it is read. So `emit` of this
 * one object is replaced, and no listener is added: a listener for `data` would start the flow, one for `error` would count
 * as handling it.
 */
export function followReadable(step: Step, stream: Readable, result: object): void {
  followOnce(
    step,
    stream,
    () => new StreamFollower(step, result, false, shownOf(stream, result)),
    (follower) => new ReadableWatch(follower, stream).attach(),
  );
}

/** Methods that begin a reading, and for which first argument. */
const STARTS: readonly (readonly [method: string, begins: (argument: unknown) => boolean])[] = [
  ['on', isFlow],
  ['addListener', isFlow],
  ['read', () => true],
  ['resume', () => true],
];

function isFlow(event: unknown): boolean {
  return event === 'data' || event === 'readable';
}

type StateName = 'readableEnded' | 'readableFlowing' | 'readableDidRead' | 'destroyed' | 'errored';

/** Reads Node's own getter, even if the class overrides it. */
function stateOf(stream: Readable, name: StateName): unknown {
  const getter = Object.getOwnPropertyDescriptor(Readable.prototype, name)?.get;
  return getter && Reflect.apply(getter, stream, []);
}

class ReadableWatch {
  private use: StreamUse | undefined;
  private reader: ReturnType<typeof currentStore>;
  /** Restore the methods that are replaced until a reading begins. */
  private readonly restores: (() => void)[] = [];

  constructor(
    private readonly follower: StreamFollower,
    private readonly stream: Readable,
  ) {}

  attach(): boolean {
    const { stream } = this;
    if (stateOf(stream, 'readableEnded') === true) this.begin()?.end();
    else if (stateOf(stream, 'destroyed') === true) this.destroyed();
    else {
      if (interceptMethod(stream, 'emit', (original, args) => this.emit(original, args)) === undefined) return false;
      // Ahead of its events, which wait until the producer has cleaned up.
      interceptMethod(stream, 'destroy', (original, args) => {
        this.broken(args[0]);
        return original(args);
      });
      if (stateOf(stream, 'readableFlowing') === true || stateOf(stream, 'readableDidRead') === true) this.begin();
      else this.interceptStarts();
    }
    return true;
  }

  private begin(): StreamUse | undefined {
    const use = this.follower.begin();
    if (use === undefined || use === this.use) return use;
    this.use = use;
    this.reader = currentStore();
    this.restoreStarts();
    leaveWhenCollected(use, this.stream);
    this.interceptProducer(use);
    return use;
  }

  /** The stream was destroyed before the function returned it. */
  private destroyed(): void {
    this.broken(stateOf(this.stream, 'errored'));
  }

  private broken(error: unknown): void {
    const use = this.follower.running();
    if (error === null || error === undefined) use?.leave();
    else use?.fail(error);
  }

  private emit(original: (args: unknown[]) => unknown, args: unknown[]): unknown {
    const [event, value] = args;
    if (event === 'data') this.begin()?.part(value);
    else if (event === 'end') this.follower.running()?.end();
    else if (event === 'error') this.follower.running()?.fail(value);
    else if (event === 'close') this.follower.running()?.leave();
    // Its reader's listeners run in the reader's context, though the producer's work brought the part.
    return this.use === undefined ? original(args) : runInStore(this.reader, original, args);
  }

  private interceptStarts(): void {
    for (const [key, begins] of STARTS) {
      const remove = interceptMethod(this.stream, key, (original, args) => {
        if (begins(args[0])) this.begin();
        return original(args);
      });
      if (remove !== undefined) this.restores.push(remove);
    }
  }

  /** The producer's work for a part belongs to the step. */
  private interceptProducer(use: StreamUse): void {
    interceptMethod(this.stream, '_read', (original, args) =>
      use.over ? original(args) : runInStore(use.store, original, args),
    );
  }

  private restoreStarts(): void {
    for (const remove of this.restores.splice(0)) remove();
  }
}
