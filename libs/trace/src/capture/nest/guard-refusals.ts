import type { ArgumentsHost, ExecutionContext } from '@nestjs/common';
import { isObservable, tap } from 'rxjs';
import { followPromise } from '../../context/follow/follow-promise.js';
import { processShared } from '../../model/process-shared.js';

/**
 * Class names of guards, by the error that the guard threw or the request that it rejected with `false`. `open` counts noted
 * requests that were not read yet.
 */
const noted = processShared('guard-refusals.v1', () => ({ guards: new WeakMap<object, string>(), open: 0 }));

/** Receives the answer of a guard. */
interface AnswerListener {
  onAnswer(value: unknown): void;
  onError(error: unknown): void;
  /** The answer cannot be observed without calling code of the application. */
  onUnknown?(): void;
}

/** Calls a guard and returns its own answer, the same object; for an Observable one that emits the same. */
export function observeAnswer(run: () => unknown, { onAnswer, onError, onUnknown }: AnswerListener): unknown {
  let answer: unknown;
  try {
    answer = run();
  } catch (error) {
    onError(error);
    throw error;
  }
  if (isObservable(answer)) {
    let last: unknown;
    return answer.pipe(tap({ next: (value) => (last = value), complete: () => onAnswer(last), error: onError }));
  }
  if (typeof answer !== 'object' || answer === null) onAnswer(answer);
  // Only Nest may call a thenable that is no promise.
  else if (!(answer instanceof Promise) || !followPromise(answer, onAnswer, onError)) onUnknown?.();
  return answer;
}

/**
 * Calls a guard of a request or of a field of GraphQL, returns its own answer, and notes a rejection. The guard's error, or
 * the `ForbiddenException` that Nest makes of `false`, reaches the exceptions layer next. If guards call one another the
 * outermost decides, and it answers last.
 */
export function noteRefusal(run: () => unknown, guard: string, context: ExecutionContext): unknown {
  return observeAnswer(run, {
    onAnswer: (value) => said(value, guard, context),
    onError: (error) => threw(error, guard, context),
  });
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
