import { TraceCollectorError } from './model/errors.js';
import { wallNow } from './model/timers.js';
import { health } from './views/stats/health.js';

/** A `TraceQueries` without data: health has the reason, and all other questions are refused with the same sentence. */
export function inertQueries(reason: () => string, version: () => string): object {
  const refuse = (): never => {
    throw new TraceCollectorError('CATALOG_UNAVAILABLE', reason());
  };
  const sayWhy = async (): Promise<object> =>
    health({
      counts: { total: 0, active: 0, errors: 0 },
      journal: { bytes: 0, segments: 0, lag: 0 },
      dropped: {},
      corruptRecords: 0,
      problems: [reason()],
      internalErrors: 0,
      version: version(),
      now: wallNow() * 1000,
    });
  // oxlint-disable-next-line require-yield -- a refused stream has no message
  const stream = async function* (): AsyncGenerator<never> {
    refuse();
  };
  return methodsOf((name) => (name === 'health' ? sayWhy : name === 'stream' ? stream : async () => refuse()));
}

/** A `TraceQueries` that forwards to another one, which may not exist yet. */
export function forwardedQueries(target: () => object | undefined, otherwise: object): object {
  return methodsOf((name) => (...args: unknown[]) => {
    const queries = (target() ?? otherwise) as Record<string, (...all: unknown[]) => unknown>;
    return queries[name]!(...args);
  });
}

/** Lifecycle hooks and `then` are not queries: Nest and `await` read them from every object. */
const NO_METHOD = /^(?:then|constructor|toJSON|on[A-Z]\w*|before[A-Z]\w*)$/;

function methodsOf(method: (name: string) => unknown): object {
  return new Proxy(Object.freeze({}), {
    get: (_target, name) => (typeof name === 'symbol' || NO_METHOD.test(name) ? undefined : method(name)),
  });
}
