import type { ExecutionContext } from '@nestjs/common';
import { isObservable, tap } from 'rxjs';
import { followPromise } from '../context/follow-promise.js';
import { imitate } from '../context/imitate.js';
import { currentRef } from '../context/trace-context.js';
import { addSlot, GuardSlot, type SlotModule } from './enhancer-slots.js';
import { messageHandlers, methodsOf } from './message-handlers.js';
import { noteRefusal } from './nest/guard-refusals.js';

const GUARDS = '__guards__';

/** A guard turned this message away. `error` is what it threw, `undefined` where it answered `false`. */
export type Refused = (context: ExecutionContext, guard: string, error: unknown) => void;

type CanActivate = (this: unknown, context: ExecutionContext) => unknown;

/** Told of the refusals of one application. */
interface GuardWatch {
  /** Objects whose `canActivate` was replaced. */
  readonly replaced: WeakSet<object>;
  /** Messages that a guard is deciding about: one that asks other guards decides by itself what their answers mean. */
  readonly asked: WeakSet<object>;
  /** By message: the application that handles it; `undefined` for one that has no `TraceModule`. */
  readonly byMessage: WeakMap<object, Refused | undefined>;
  /** By global guard, or its class where there is an instance per request: the applications that have it. */
  readonly byGuard: WeakMap<object, Set<Refused>>;
}

// Shared by all copies of the package: a guard's class may be in applications with different copies.
const SHARED_KEY = Symbol.for('nestjs-trace-collector.message-guards.v1');
const holder = globalThis as { [SHARED_KEY]?: GuardWatch };
const { replaced, asked, byMessage, byGuard } = (holder[SHARED_KEY] ??= {
  replaced: new WeakSet(),
  asked: new WeakSet(),
  byMessage: new WeakMap(),
  byGuard: new WeakMap(),
});

/**
 * Tells of each message that a guard on a traced message handler turns away. Nest asks guards before interceptors, and
 * gives a refusal to the exception filters alone, so it can be seen where it is made only: `canActivate` is replaced by
 * one that answers the same and looks on. A guard's class does not say which application it runs in; the slot before it does.
 */
export function watchHandlerGuards(modules: Iterable<SlotModule>, refused: Refused): void {
  for (const { classes, bind } of modules) {
    let used = false;
    for (const { owner, handler } of messageHandlers(classes)) {
      const targets = [owner, handler].filter((target) => guardsOn(target).length > 0);
      for (const guard of targets.flatMap(guardsOn)) watch(guard);
      if (targets[0] === undefined) continue;
      addSlot(GUARDS, targets[0], GuardSlot, 'first');
      used = true;
    }
    if (used) bind(GuardSlot, guardSlot(refused));
  }
}

/**
 * Notes the guard that refuses a request or a field of GraphQL: the exceptions layer is given no more than what it threw, or
 * a `ForbiddenException` of Nest's own. Outside of a trace the guard is called as it is.
 */
export function watchRequestGuards(modules: Iterable<SlotModule>): void {
  for (const { classes } of modules) {
    for (const owner of classes) {
      for (const target of [owner, ...methodsOf(owner)]) guardsOn(target).forEach(watch);
    }
  }
}

/**
 * The same for the application's global guards, which run before every slot. Where several applications share one, the
 * refused message cannot be given to one of them, and is not recorded.
 *
 * @param guards instances, and classes of those that are made per request
 * @returns stops it
 */
export function watchGlobalGuards(guards: Iterable<unknown>, refused: Refused): () => void {
  const watched: Set<Refused>[] = [];
  for (const guard of guards) {
    const target = watch(guard);
    const key = typeof guard === 'function' ? target : (guard as object);
    if (!target || !key) continue;
    const applications = byGuard.get(key) ?? new Set();
    byGuard.set(key, applications.add(refused));
    watched.push(applications);
  }
  return () => watched.forEach((applications) => applications.delete(refused));
}

/** Notes which application handles a message. */
function guardSlot(refused: Refused): CanActivateOf {
  return {
    canActivate(context) {
      const message = messageOf(context);
      if (message) byMessage.set(message, refused);
      return true;
    },
  };
}

interface CanActivateOf {
  canActivate(context: ExecutionContext): boolean;
}

function guardsOn(target: object): unknown[] {
  return ((Reflect.getMetadata(GUARDS, target) ?? []) as unknown[]).filter((guard) => guard !== GuardSlot);
}

/** Called for a message that `guard` refused. */
function listenerFor(message: object, guard: unknown, target: object): Refused | undefined {
  if (byMessage.has(message)) return byMessage.get(message);
  const applications = byGuard.get(guard as object) ?? byGuard.get(target);
  return applications?.size === 1 ? [...applications][0] : undefined;
}

/** Replaces `canActivate`, once; answers where. */
function watch(guard: unknown): object | undefined {
  const target = targetOf(guard);
  if (!target || replaced.has(target)) return target;
  replaced.add(target);
  replace(target);
  return target;
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
    const run = (): unknown => original.apply(self, args as [ExecutionContext]);
    // What guards of requests answer is looked at in a trace only.
    if (!message) return context && currentRef() ? noteRefusal(run, nameOf(self), context) : run();
    const refused = listenerFor(message, self, target);
    if (!refused || asked.has(message)) return run();
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
