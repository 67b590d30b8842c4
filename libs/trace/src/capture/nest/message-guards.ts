import { types } from 'node:util';
import type { ExecutionContext } from '@nestjs/common';
import { copyFunctionMetadata } from '../../context/functions/copy-function-metadata.js';
import { methodOf } from '../../context/follow/method-of.js';
import { addSlot, GuardSlot, type SlotModule } from './enhancer-slots.js';
import { askGuard, type CanActivate, guardWatch, messageOf, type Refused } from './guard-decision.js';
import { handlersOf } from '../http/routes/declared-routes.js';
import { messageHandlers } from './message-handlers.js';

const { replaced, byMessage, byGuard } = guardWatch;

const GUARDS = '__guards__';

/**
 * Reports each message that a guard on a traced message handler rejects. Nest calls guards before interceptors and passes a
 * rejection only to exception filters, so `canActivate` is replaced by a function that observes and returns its answer. A
 * guard's class may run in several applications; the slot before it identifies the application.
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
 * Notes the guard that rejects a request or a field of GraphQL: the exceptions layer receives only the guard's error, or a
 * `ForbiddenException` of Nest's own. Outside of a trace the guard is called unobserved.
 */
export function watchRequestGuards(modules: Iterable<SlotModule>): void {
  for (const { classes } of modules) {
    for (const owner of classes) {
      for (const target of [owner, ...handlersOf(owner)]) guardsOn(target).forEach(watch);
    }
  }
}

/**
 * The same for the application's global guards, which run before every slot. If several applications share a guard, the
 * rejected message belongs to none of them for certain, and is not recorded.
 *
 * @param guards instances, and classes of those that are made per request
 * @returns stops it
 */
export function watchGlobalGuards(guards: Iterable<unknown>, refused: Refused): () => void {
  const watched: Set<Refused>[] = [];
  for (const guard of guards) {
    watch(guard);
    const key = keyOf(guard);
    if (!key) continue;
    const applications = byGuard.get(key) ?? new Set();
    byGuard.set(key, applications.add(refused));
    watched.push(applications);
  }
  return () => watched.forEach((applications) => applications.delete(refused));
}

/** A global guard, or the prototype of those that are made per request. */
function keyOf(guard: unknown): object | undefined {
  if (typeof guard !== 'function') return (guard ?? undefined) as object | undefined;
  return types.isProxy(guard) ? undefined : ((guard.prototype ?? undefined) as object | undefined);
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

/** Replaces `canActivate`, once. Where that cannot be done beforehand, the guard is wrapped when it is called. */
function watch(guard: unknown): void {
  const target = targetOf(guard);
  if (target && !replaced.has(target) && replace(target)) replaced.add(target);
}

/** The holder of `canActivate`: the prototype, so that instances made per request have it too. */
function targetOf(guard: unknown): object | undefined {
  // Reading a proxy calls its code.
  if (types.isProxy(guard)) return undefined;
  if (typeof guard === 'function') return prototypeWith(guard.prototype);
  if (typeof guard !== 'object' || guard === null) return undefined;
  return Object.hasOwn(guard, 'canActivate') ? guard : prototypeWith(Object.getPrototypeOf(guard));
}

function prototypeWith(prototype: unknown): object | undefined {
  if (typeof prototype !== 'object' || prototype === null || types.isProxy(prototype)) return undefined;
  return methodOf(prototype, 'canActivate') && prototype;
}

function replace(target: object): boolean {
  const original = methodOf(target, 'canActivate') as CanActivate | undefined;
  const own = Object.getOwnPropertyDescriptor(target, 'canActivate');
  if (!original) return false;
  const value = copyFunctionMetadata(original, (self, args) => {
    const [context] = args as [ExecutionContext];
    return askGuard(() => original.apply(self, args as [ExecutionContext]), self, target, context);
  });
  return Reflect.defineProperty(target, 'canActivate', {
    configurable: true,
    enumerable: false,
    writable: true,
    ...own,
    value,
  });
}
