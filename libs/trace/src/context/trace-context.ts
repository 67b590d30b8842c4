import { AsyncLocalStorage } from 'node:async_hooks';
import { processShared } from '../model/process-shared.js';
import type { SpanId } from '../model/record.js';
import { soleRecorder } from './applications.js';
import type { CallTarget, TraceRecorder, TraceRef } from './recorder.js';

/** The store of work that must not be traced, inside a trace or not. */
export interface Untraced {
  readonly untraced: true;
}

/** The value in AsyncLocalStorage; `undefined` outside every trace. */
export type ContextStore = TraceRef | Untraced | undefined;

interface SharedContext {
  readonly storage: AsyncLocalStorage<ContextStore>;
  readonly recorders: TraceRecorder[];
  readonly untraced: Untraced;
}

/**
 * One process can load the package twice (a duplicate in node_modules, ESM beside CommonJS). With a storage each, the
 * module of one copy would open traces that the other copy's `traceEvent` never sees.
 */
const { storage, recorders, untraced } = processShared<SharedContext>('context.v1', () => ({
  storage: new AsyncLocalStorage<ContextStore>(),
  recorders: [],
  untraced: Object.freeze({ untraced: true as const }),
}));

/** The store of work that must not be traced. */
export const UNTRACED: ContextStore = untraced;

/** The raw store: a trace, `UNTRACED` or nothing. For putting a context back exactly as it was. */
export function currentStore(): ContextStore {
  return storage.getStore();
}

/** The trace this code runs in; `undefined` when there is none or it is not to be traced. */
export function currentRef(): TraceRef | undefined {
  const store = storage.getStore();
  return store === undefined || store === untraced ? undefined : (store as TraceRef);
}

/**
 * Calls `fn(...args)` in a store and returns its result. Takes arguments so that callers need no closure. Always `run`,
 * never `enterWith`: that would leak into later code of the same tick.
 */
export function runInStore<A extends unknown[], R>(store: ContextStore, fn: (...args: A) => R, ...args: A): R {
  return storage.run(store, fn, ...args);
}

/** Calls `fn` on `self` with `args` in a store. Without a list of its own for the arguments, unlike `runInStore`. */
export function applyInStore(
  store: ContextStore,
  fn: (...args: never[]) => unknown,
  self: unknown,
  args: unknown[],
): unknown {
  return storage.run(store, Reflect.apply<unknown, unknown[], unknown>, fn as never, self, args);
}

/** Runs `fn` in a trace, and all that it starts. */
export function runWith<R>(ref: TraceRef, fn: () => R): R {
  return storage.run(ref, fn);
}

/**
 * Runs the `fn` of a call that the caller observes itself: the hooks at the wire leave that call out (`isObserved`). User
 * code in `fn` has its trace, and its other calls are recorded.
 */
export function runUnobserved<R>(ref: TraceRef, { host, path }: CallTarget, fn: () => R): R {
  return storage.run({ ...ref, observed: { host, path: withoutQuery(path) } }, fn);
}

/**
 * Whether a call is observed further outside. The same host is enough, because a client may retry or redirect there; so is
 * the same path, because a `fetch` of the user's own may send it to a gateway.
 */
export function isObserved({ observed }: TraceRef, { host, path }: Pick<CallTarget, 'host' | 'path'>): boolean {
  return observed !== undefined && (observed.host === host || observed.path === withoutQuery(path));
}

function withoutQuery(path: string): string {
  const at = path.indexOf('?');
  return at < 0 ? path : path.slice(0, at);
}

/**
 * Adds an application's recorder to those of this process. The returned function removes it; a second call of it does
 * nothing.
 */
export function registerRecorder(recorder: TraceRecorder): () => void {
  recorders.push(recorder);
  let registered = true;
  return () => {
    if (!registered) return;
    registered = false;
    recorders.splice(recorders.lastIndexOf(recorder), 1);
  };
}

/** The recorder of a new trace: that of the current trace, else the process's only one. */
export function activeRecorder(): TraceRecorder | undefined {
  return currentRef()?.recorder ?? soleRecorder(recorders);
}

/**
 * The trace with a W3C trace id, in whichever application of this process it runs; `undefined`: none.
 * @param parent the span around the work, where that is known
 */
export function refByW3cId(traceId: string, parent?: SpanId): TraceRef | undefined {
  for (const recorder of recorders) {
    const ref = recorder.traceOf?.(traceId, parent);
    if (ref !== undefined) return ref;
  }
  return undefined;
}
