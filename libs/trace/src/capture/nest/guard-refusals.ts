import type { ArgumentsHost, ExecutionContext } from '@nestjs/common';
import { processShared } from '../../model/process-shared.js';

/** By what a guard threw, or by the request that it refused with `false`: the guard's class name. */
const refusals = processShared('guard-refusals.v1', () => new WeakMap<object, string>());

/**
 * Notes that a guard refused. What it threw, or the `ForbiddenException` that Nest makes of `false`, comes to the exceptions
 * layer next.
 */
export function noteRefusal(context: ExecutionContext, guard: string, error: unknown): void {
  const key = isObject(error) ? error : requestOf(context);
  if (key) refusals.set(key, guard);
}

/** The guard that an exception comes from. Once. */
export function takeRefusal(exception: unknown, host: ArgumentsHost): string | undefined {
  for (const key of [exception, requestOf(host)]) {
    const guard = isObject(key) ? refusals.get(key) : undefined;
    if (guard === undefined) continue;
    refusals.delete(key as object);
    return guard;
  }
  return undefined;
}

/** What is one object for the guard and the exceptions layer, and another one for each request or field of GraphQL. */
function requestOf(host: ArgumentsHost): object | undefined {
  const [request, , , info] = host.getArgs<unknown[]>();
  const own = host.getType<string>() === 'graphql' ? info : request;
  return isObject(own) ? own : undefined;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
