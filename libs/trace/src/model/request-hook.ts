type Done = (error?: Error) => void;

/** A hook of Fastify that runs when a request arrives: with a callback, or asynchronous. */
export type RequestHook<Request, Reply> = (request: Request, reply: Reply, done: Done) => unknown;

/**
 * Runs a hook inside another one, as Fastify would: one that returns a promise is over when that settles, and calls no
 * callback.
 *
 * @see https://fastify.dev/docs/latest/Reference/Hooks/
 */
export function runHook<Request, Reply>(
  hook: RequestHook<Request, Reply>,
  adapter: unknown,
  request: Request,
  reply: Reply,
  done: Done,
): void {
  const result = hook.call(adapter, request, reply, done);
  if (!isThenable(result)) return;
  result.then(
    () => done(),
    (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
  );
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
