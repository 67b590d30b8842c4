import { types } from 'node:util';
import type { ExecutionContext } from '@nestjs/common';
import { currentRef } from '../../context/trace-context.js';
import { askGuard, guardWatch } from './guard-decision.js';
import { messageOptions } from './message-handlers.js';
import { replaceGuards } from './guards-layer.js';

const { replaced } = guardWatch;

interface Guard {
  canActivate(context: ExecutionContext): unknown;
}

/**
 * Reports rejections of guards whose `canActivate` is on no class that is known beforehand: an arrow function in a property, a
 * bound method, a proxy, an object that a factory returns. Nest calls a wrapper, which calls the guard and returns its own
 * answer; the guard is neither changed nor read.
 */
export function watchOtherGuards(): void {
  replaceGuards((guards, type, owner, handler) =>
    isTraced(type, owner, handler) && !guards.every(isWatched)
      ? guards.map((guard) => (isWatched(guard) ? guard : wrap(guard)))
      : guards,
  );
}

/** A request or a field of GraphQL in a trace; a message that would open one. */
function isTraced(type: string, owner: object, handler: object): boolean {
  return type === 'rpc' || type === 'ws' ? messageOptions(handler, owner) !== undefined : currentRef() !== undefined;
}

/** Whether `canActivate` is one that was replaced. */
function isWatched(guard: object): boolean {
  for (let holder: object | null = guard; holder !== null; holder = Object.getPrototypeOf(holder) as object | null) {
    if (types.isProxy(holder)) return false;
    if (Object.hasOwn(holder, 'canActivate')) return replaced.has(holder);
  }
  return false;
}

function wrap(guard: object): Guard {
  const target = types.isProxy(guard) ? undefined : (Object.getPrototypeOf(guard) as object | null);
  return {
    canActivate: (context) =>
      askGuard(() => (guard as Guard).canActivate(context), guard, target ?? undefined, context),
  };
}
