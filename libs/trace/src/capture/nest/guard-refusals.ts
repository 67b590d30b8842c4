import type { ArgumentsHost, ExecutionContext } from '@nestjs/common';
import { isObservable, tap } from 'rxjs';
import { followPromise } from '../../context/follow/follow-promise.js';
import { processShared } from '../../model/process-shared.js';

/**
 * Class names of guards, by the error that the guard threw or the request that it rejected with `false`. `open` counts noted
 * requests that were not read yet.
 */
const noted = processShared('guard-refusals.v1', () => ({ guards: new WeakMap<object, string>(), open: 0 }));

/**
 * Calls a guard of a request or of a field of GraphQL, returns its own answer, the same object (for an Observable one that
 * emits the same), and notes a rejection. The guard's error, or the `ForbiddenException` that Nest makes of `false`, reaches
 * the exceptions layer next. If guards call one another the outermost decides, and it answers last.
 */
export function noteRefusal(run: () => unknown, guard: string, context: ExecutionContext): unknown {
  let answer: unknown;
  try {
    answer = run();
  } catch (error) {
    threw(error, guard, context);
    throw error;
  }
  // The usual answer.
  if (answer === true) accepted(context);
  else if (isObservable(answer)) {
    let last: unknown;
    return answer.pipe(
      tap({
        next: (value) => (last = value),
        complete: () => said(last, guard, context),
        error: (error: unknown) => threw(error, guard, context),
      }),
    );
  } else if (typeof answer !== 'object' || answer === null) said(answer, guard, context);
  else if (answer instanceof Promise) {
    // Only Nest may call a thenable that is no promise.
    followPromise(
      answer,
      (value) => said(value, guard, context),
      (error) => threw(error, guard, context),
    );
  }
  return answer;
}

function said(value: unknown, guard: string, context: ExecutionContext): void {
  if (value) return accepted(context);
  const request = requestOf(context);
  if (!request) return;
  if (!noted.guards.has(request)) noted.open += 1;
  noted.guards.set(request, guard);
}

function threw(error: unknown, guard: string, context: ExecutionContext): void {
  if (isObject(error)) noted.guards.set(error, guard);
  else said(false, guard, context);
}

/** A guard inside this one may have rejected the request. */
function accepted(context: ExecutionContext): void {
  if (noted.open > 0) take(requestOf(context));
}

/** The guard that an exception comes from. Returned once. */
export function takeRefusal(exception: unknown, host: ArgumentsHost): string | undefined {
  const ofRequest = noted.open > 0 ? take(requestOf(host)) : undefined;
  const thrown = isObject(exception) ? noted.guards.get(exception) : undefined;
  if (thrown !== undefined) noted.guards.delete(exception as object);
  return thrown ?? ofRequest;
}

function take(request: object | undefined): string | undefined {
  const guard = request && noted.guards.get(request);
  if (guard === undefined) return undefined;
  noted.guards.delete(request!);
  noted.open -= 1;
  return guard;
}

/** An object that the guard and the exceptions layer share, and that differs for each request or field of GraphQL. */
function requestOf(host: ArgumentsHost): object | undefined {
  const [request, , , info] = host.getArgs<unknown[]>();
  const own = host.getType<string>() === 'graphql' ? info : request;
  return isObject(own) ? own : undefined;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
