import { AsyncLocalStorage } from 'node:async_hooks';
import { runWith } from '../../../context/trace-context.js';
import type { TraceRef } from '../../../context/recorder.js';
import { shadowMethod, type Method } from '../../../context/follow/method-of.js';
import { isObject } from '../../../model/objects.js';
import { guarded, tracedRef } from '../traced-recorders.js';

/** LangChain and LangSmith keep one AsyncLocalStorage for all their copies in a process here. */
const STORAGE = Symbol.for('ls:tracing_async_local_storage');
/** Where a store has context variables, and the configuration of the run that it belongs to. */
const VARIABLES = Symbol.for('lc:context_variables');
const CONFIG = Symbol.for('lc:child_config');
/** Description of the variable with the hooks that `registerConfigureHook` adds. Each copy has a symbol of its own. */
const HOOKS = 'lc:configure_hooks';
/** The context variable in which the handler is. */
const HANDLER = 'nestjs-trace-collector';

/** Where a run of LangChain does its work. */
export interface RunContexts {
  /** The context of what a run does inside; `undefined`: the run is not recorded, or its context is current. */
  inside(runId: string): TraceRef | undefined;
}

/**
 * Gives LangChain a handler for every run inside a trace, as its `registerConfigureHook` does: by context variables. That
 * function sets them for the asynchronous context that calls it, so a hook that is registered at start never reaches
 * a request. Here the variables are the default inside a trace. This needs no import: LangChain may be loaded
 * before or after this, in any number of copies, or never.
 *
 * LangChain runs the code of nodes, tools and functions in this storage, with the run's id. This code then runs in the context
 * of the run's span. Model calls and callbacks are not run in it.
 */
export function extendStorage(handler: object, contexts: RunContexts): () => void {
  const holder = globalThis as { [STORAGE]?: AsyncLocalStorage<unknown> };
  const storage = (holder[STORAGE] ??= new AsyncLocalStorage());
  const variables = contextVariables(handler);
  const { getStore, run } = storage;
  const restores = [
    shadowMethod(storage, 'getStore', function (this: unknown) {
      const store: unknown = Reflect.apply(getStore, this, []);
      return guarded(tracedRef(), 'LangChain context', () => withVariables(store, variables)) ?? store;
    }),
    shadowMethod(storage, 'run', function (this: unknown, ...args: [store: unknown, ...rest: unknown[]]) {
      const ref = guarded(tracedRef(), 'LangChain context', () => insideOf(args[0], contexts));
      const original = () => Reflect.apply(run, this, args as never) as unknown;
      return ref === undefined ? original() : runWith(ref, original);
    } as Method),
  ];
  return () => {
    for (const restore of restores) restore?.();
  };
}

function withVariables(store: unknown, variables: object): unknown {
  if (tracedRef() === undefined) return store;
  if (store === undefined) return { [VARIABLES]: variables };
  // The store of LangSmith's `traceable`. LangChain sets its variables in the same way.
  if (isObject(store) && !(VARIABLES in store) && Object.isExtensible(store))
    Object.defineProperty(store, VARIABLES, { value: variables, configurable: true, writable: true, enumerable: true });
  return store;
}

/** The variables of one copy of LangChain are found by their description, and kept: LangChain copies them to further stores. */
function contextVariables(handler: object): object {
  const hooks = [{ contextVar: HANDLER, inheritable: true }];
  return new Proxy<Record<string | symbol, unknown>>(
    { [HANDLER]: handler },
    {
      get(variables, key) {
        if (typeof key === 'symbol' && key.description === HOOKS) variables[key] ??= hooks;
        return variables[key];
      },
    },
  );
}

function insideOf(store: unknown, contexts: RunContexts): TraceRef | undefined {
  const config = member(member(store, 'extra'), CONFIG);
  const runId = member(member(config, 'callbacks'), '_parentRunId');
  return typeof runId === 'string' ? contexts.inside(runId) : undefined;
}

function member(value: unknown, key: string | symbol): unknown {
  return isObject(value) ? (value as Record<string | symbol, unknown>)[key] : undefined;
}
