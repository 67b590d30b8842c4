import type { ArgumentsHost, ExecutionContext } from '@nestjs/common';
import { isObservable, tap } from 'rxjs';
import { followPromise } from '../../context/follow/follow-promise.js';
import { processShared } from '../../model/process-shared.js';

/**
 * By what a guard threw, or by the request that it refused with `false`: the guard's class name. `open` counts requests that
 * are noted and were not asked for yet.
 */
const noted = processShared('guard-refusals.v1', () => ({ guards: new WeakMap<object, string>(), open: 0 }));

/**
 * Calls a guard of a request or of a field of GraphQL, returns its own answer, the same object (of an Observable one that
 * emits the same), and notes a refusal. What the guard threw, or the `ForbiddenException` that Nest makes of `false`, comes to
 * the exceptions layer next. Of guards that ask one another the outermost decides, and it answers last.
 */
export function noteRefusal(run: () => unknown, guard: string, context: ExecutionContext): unknown {
  let answer: unknown;
  try {
    answer = run();
  } catch (error) {
    threw(error, guard, context);
    throw error;
  }
  // What guards answer mostly.
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
    // What only looks like a promise must be asked by Nest alone.
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

/** A guard inside this one may have refused. */
function accepted(context: ExecutionContext): void {
  if (noted.open > 0) take(requestOf(context));
}

/** The guard that an exception comes from. Once. */
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

/** What is one object for the guard and the exceptions layer, and another one for each request or field of GraphQL. */
function requestOf(host: ArgumentsHost): object | undefined {
  const [request, , , info] = host.getArgs<unknown[]>();
  const own = host.getType<string>() === 'graphql' ? info : request;
  return isObject(own) ? own : undefined;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
