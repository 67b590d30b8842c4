import type { ExecutionContext, Type } from '@nestjs/common';
import { isObservable, tap } from 'rxjs';
import { followPromise } from '../context/follow-promise.js';
import { imitate } from '../context/imitate.js';
import { messageHandlers } from './message-handlers.js';

const GUARDS = '__guards__';

/** A guard turned this message away. `error` is what it threw, `undefined` where it answered `false`. */
export type Refused = (context: ExecutionContext, guard: string, error: unknown) => void;

type CanActivate = (this: unknown, context: ExecutionContext) => unknown;

/** Who is told, by the object whose `canActivate` is watched: of applications one after another, the last one. */
const watchers = new WeakMap<object, Refused>();

/** Messages that a guard is deciding about: one that asks other guards decides by itself what their answers mean. */
const asked = new WeakSet<object>();

/** What stands in `@UseGuards()` on the traced message handlers of these classes, and on the classes themselves. */
export function guardsOfHandlers(classes: Iterable<Type>): Set<unknown> {
  const guards = new Set<unknown>();
  for (const { owner, handler } of messageHandlers(classes)) {
    for (const target of [owner, handler]) {
      for (const guard of (Reflect.getMetadata(GUARDS, target) ?? []) as unknown[]) guards.add(guard);
    }
  }
  return guards;
}

/**
 * Tells of each message that one of these guards turns away. Nest asks guards before interceptors, and gives a refusal to
 * the exception filters alone, so it can be seen where it is made only: `canActivate` is replaced by one that answers the
 * same and looks on.
 *
 * @param guards classes and instances
 */
export function watchGuards(guards: Iterable<unknown>, refused: Refused): void {
  for (const guard of guards) {
    const target = targetOf(guard);
    if (!target) continue;
    if (!watchers.has(target)) replace(target);
    watchers.set(target, refused);
  }
}

/** Where `canActivate` is to be found: on the prototype, so that instances made per request have it too. */
function targetOf(guard: unknown): object | undefined {
  if (typeof guard === 'function') return prototypeWith(guard.prototype);
  if (typeof guard !== 'object' || guard === null) return undefined;
  return Object.hasOwn(guard, 'canActivate') ? guard : prototypeWith(Object.getPrototypeOf(guard));
}

function prototypeWith(prototype: unknown): object | undefined {
  const found = prototype as { canActivate?: unknown } | null | undefined;
  return typeof found?.canActivate === 'function' ? found : undefined;
}

function replace(target: object): void {
  const original = (target as { canActivate: CanActivate }).canActivate;
  const own = Object.getOwnPropertyDescriptor(target, 'canActivate');
  if (own && !own.configurable) return;
  const value = imitate(original, (self, args) => {
    const [context] = args as [ExecutionContext];
    const message = messageOf(context);
    const refused = watchers.get(target);
    const run = (): unknown => original.apply(self, args as [ExecutionContext]);
    if (!message || !refused || asked.has(message)) return run();
    asked.add(message);
    return decision(run, nameOf(self), message, (guard, error) => refused(context, guard, error));
  });
  Object.defineProperty(target, 'canActivate', {
    configurable: true,
    enumerable: false,
    writable: true,
    ...own,
    value,
  });
}

/** The guard's own answer, the same object; for an Observable one that emits the same. */
function decision(
  run: () => unknown,
  guard: string,
  message: object,
  refused: (guard: string, error: unknown) => void,
): unknown {
  const said = (value: unknown): void => {
    asked.delete(message);
    if (!value) refused(guard, undefined);
  };
  const threw = (error: unknown): void => {
    asked.delete(message);
    refused(guard, error);
  };
  let answer: unknown;
  try {
    answer = run();
  } catch (error) {
    threw(error);
    throw error;
  }
  if (isObservable(answer)) {
    let last: unknown;
    return answer.pipe(tap({ next: (value) => (last = value), complete: () => said(last), error: threw }));
  }
  if (typeof answer !== 'object' || answer === null) said(answer);
  // What only looks like a promise must be asked by Nest alone.
  else if (!(answer instanceof Promise) || !followPromise(answer, said, threw)) asked.delete(message);
  return answer;
}

/** What tells one message from another: the array that Nest hands from step to step. `undefined`: it is a request. */
function messageOf(context: ExecutionContext | undefined): object | undefined {
  const type = context?.getType?.();
  return type === 'rpc' || type === 'ws' ? context!.getArgs() : undefined;
}

function nameOf(guard: unknown): string {
  const name = (guard as object | undefined)?.constructor?.name;
  return typeof name === 'string' ? name : 'guard';
}
