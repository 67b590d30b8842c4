import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/**
 * Keys of what watches the body of a request, and of a prototype's mark. They are the same in all copies of the package, also
 * in those that a test runner loads again: these share Node's prototypes, but no global object.
 */
const WATCH = Symbol.for('nestjs-trace-collector.body.v1');
const MARK = Symbol.for('nestjs-trace-collector.body-push.v1');

/** Watches the body of one request. Each application that watches has one. */
export interface BodyWatcher {
  /** The watcher of another application or of another copy of the package. */
  readonly inner: BodyWatcher | undefined;
  /** A piece of the body arrived; `null`: its end. Must not throw. */
  take(chunk: unknown): void;
}

type Watched = IncomingMessage & { [WATCH]?: BodyWatcher };
type Push = (this: IncomingMessage, ...args: unknown[]) => boolean;

/** The outermost watcher of a request. */
export function bodyWatcherOf(request: IncomingMessage): BodyWatcher | undefined {
  return (request as Watched)[WATCH];
}

/** Puts a watcher on a request, or removes it. */
export function setBodyWatcher(request: IncomingMessage, watcher: BodyWatcher | undefined): void {
  (request as Watched)[WATCH] = watcher;
}

/** Prototypes of requests that were looked at. */
const prepared = new WeakSet<object>();

/**
 * Gives `watcher` the body of a request. `push`, by which all versions of Node hand over the bytes, is watched at the class of
 * requests, once per process. A function on each request instead has to be deleted at the end of the body, and then V8 reads
 * every property of that request through a table.
 */
export function watchPush(request: IncomingMessage, watcher: BodyWatcher): void {
  if (Object.hasOwn(request, 'push')) return watchOwn(request, watcher);
  const prototype = Object.getPrototypeOf(request) as object;
  if (!prepared.has(prototype)) {
    prepared.add(prototype);
    prepare(prototype);
  }
  setBodyWatcher(request, watcher);
}

function prepare(prototype: object): void {
  // The nearest prototype with a `push` of its own; of streams in general, the class of requests is the one below.
  let holder = prototype;
  for (let above = prototype; ; above = Object.getPrototypeOf(above) as object) {
    if (Object.hasOwn(above, MARK)) return;
    const isOwner = Object.hasOwn(above, 'push');
    if (!isOwner || above !== Readable.prototype) holder = above;
    if (isOwner) break;
  }
  Object.defineProperty(holder, MARK, { value: true, configurable: true });
  const own = Object.getOwnPropertyDescriptor(holder, 'push')?.value as Push | undefined;
  const above = Object.getPrototypeOf(holder) as { push: Push };
  const value: Push = function push(...args) {
    for (let watcher = bodyWatcherOf(this); watcher; watcher = watcher.inner) watcher.take(args[0]);
    return (own ?? above.push).apply(this, args);
  };
  Object.defineProperty(holder, 'push', { value, writable: true, enumerable: false, configurable: true });
}

/** A `push` that the request has of its own is called inside. */
function watchOwn(request: IncomingMessage, watcher: BodyWatcher): void {
  const push = request.push as Push;
  request.push = function (this: IncomingMessage, ...args: unknown[]) {
    watcher.take(args[0]);
    return push.apply(this, args);
  };
}
