import { AsyncResource } from 'node:async_hooks';
import type { TraceRef } from '../../../context/recorder.js';
import { currentRef } from '../../../context/trace-context.js';
import type { UndiciRequest } from './undici-request.js';

type Dispatch = (this: unknown, options: unknown, handler: unknown) => unknown;

/** The trace of a call, or `null`: it belongs to none. */
type Context = TraceRef | null;

/**
 * Where a pool has a limit of connections, undici queues calls, and makes their requests later in the context of the call that
 * frees a connection: another trace. Handlers of calls are kept with their contexts until then.
 */
const contexts = new WeakMap<object, Context>();
/** The context of the `dispatch` that runs; `undefined`: none of a watched class does. */
let dispatching: Context | undefined;
/** A request was created since the last `dispatch` began. */
let created = false;

/** The trace that a request belongs to, at the time of `undici:request:create`. */
export function contextOfCreation(request: UndiciRequest): TraceRef | undefined {
  created = true;
  if (dispatching !== undefined) return dispatching ?? undefined;
  watchGlobalDispatcher();
  const handler = handlerOf(request);
  // The calls of npm's undici but `fetch` are such resources.
  if (handler instanceof AsyncResource) return handler.runInAsyncScope(currentRef);
  return currentRef();
}

const DISPATCHERS = [Symbol.for('undici.globalDispatcher.1'), Symbol.for('undici.globalDispatcher.2')];
/** Dispatchers that were looked at. */
let known = new WeakSet<object>();
/** Undoes each change. */
const undo: (() => void)[] = [];
let watching = false;

/** Begins to keep the contexts of queued calls. The returned function puts undici's own methods back. */
export function watchDispatches(): () => void {
  watching = true;
  watchGlobalDispatcher();
  return () => {
    watching = false;
    known = new WeakSet();
    for (const stop of undo.splice(0)) stop();
  };
}

/** The dispatcher of `fetch`. Node makes it at the first call, and an application may set another at any time. */
function watchGlobalDispatcher(): void {
  if (!watching) return;
  for (const name of DISPATCHERS) {
    const dispatcher: unknown = (globalThis as Record<symbol, unknown>)[name];
    if (typeof dispatcher !== 'object' || dispatcher === null || known.has(dispatcher)) continue;
    known.add(dispatcher);
    const base = dispatcherBase(dispatcher);
    if (base !== undefined && !known.has(base)) watch(base);
  }
}

interface Dispatching {
  dispatch: Dispatch;
}

/** The prototype that Client, Pool and Agent of a copy of undici share: below the abstract class, whose `dispatch` throws. */
function dispatcherBase(dispatcher: object): Dispatching | undefined {
  const owners: Dispatching[] = [];
  for (let at: object | null = Object.getPrototypeOf(dispatcher); at !== null; at = Object.getPrototypeOf(at))
    if (typeof Object.getOwnPropertyDescriptor(at, 'dispatch')?.value === 'function') owners.push(at as Dispatching);
  return owners.at(-2);
}

function watch(base: Dispatching): void {
  known.add(base);
  const original = base.dispatch;
  const dispatch: Dispatch = function (options, handler) {
    const outer = dispatching;
    const isObject = typeof handler === 'object' && handler !== null;
    // A handler that comes again was queued, or makes its call once more: a redirect, a retry.
    const context = (isObject ? contexts.get(handler) : undefined) ?? outer ?? currentRef() ?? null;
    dispatching = context;
    created = false;
    try {
      return original.call(this, options, handler);
    } finally {
      dispatching = outer;
      if (isObject && (context !== null || !created)) contexts.set(handler, context);
    }
  };
  base.dispatch = dispatch;
  undo.push(() => {
    if (base.dispatch === dispatch) base.dispatch = original;
  });
}

/** Symbols under which copies of undici keep the handler of a request, by the prototype of their requests. */
const handlerSymbols = new WeakMap<object, symbol | null>();

function handlerOf(request: UndiciRequest): unknown {
  const prototype = Object.getPrototypeOf(request) as object;
  let symbol = handlerSymbols.get(prototype);
  if (symbol === undefined) {
    symbol = Object.getOwnPropertySymbols(request).find(({ description }) => description === 'handler') ?? null;
    handlerSymbols.set(prototype, symbol);
  }
  return symbol === null ? undefined : (request as unknown as Record<symbol, unknown>)[symbol];
}
