import { types } from 'node:util';
import type { ExecutionContext } from '@nestjs/common';
import { currentRef } from '../../context/trace-context.js';
import { processShared } from '../../model/process-shared.js';
import { noteRefusal, observeAnswer } from './guard-refusals.js';

/** A guard rejected this message. `error` is the thrown value; `undefined`: the guard returned `false`. */
export type Refused = (context: ExecutionContext, guard: string, error: unknown) => void;

export type CanActivate = (this: unknown, context: ExecutionContext) => unknown;

/** Receives the refusals of one application. */
interface GuardWatch {
  /** Objects whose `canActivate` was replaced. */
  readonly replaced: WeakSet<object>;
  /** Messages that a guard is deciding about: a guard that calls other guards decides by itself what their answers mean. */
  readonly asked: WeakSet<object>;
  /** The application that handles a message; `undefined` for an application without `TraceModule`. */
  readonly byMessage: WeakMap<object, Refused | undefined>;
  /** The applications that have a global guard; by its class if there is an instance per request. */
  readonly byGuard: WeakMap<object, Set<Refused>>;
}

/** Shared by all copies of the package: a guard's class may be in applications with different copies. */
export const guardWatch = processShared<GuardWatch>('message-guards.v1', () => ({
  replaced: new WeakSet(),
  asked: new WeakSet(),
  byMessage: new WeakMap(),
  byGuard: new WeakMap(),
}));
const { asked, byMessage, byGuard } = guardWatch;

/**
 * Calls a guard by `run` and returns its own answer. The application that handles a message records its rejection; the
 * exceptions layer, which receives the error next, records that of a request or a field of GraphQL.
 *
 * @param target the holder of the guard's `canActivate`
 */
export function askGuard(run: () => unknown, guard: unknown, target: object | undefined, context: ExecutionContext) {
  const message = messageOf(context);
  // Answers of guards of requests are read inside a trace only.
  if (!message) return context && currentRef() ? noteRefusal(run, nameOf(guard), context) : run();
  const refused = listenerFor(message, guard, target);
  if (!refused || asked.has(message)) return run();
  asked.add(message);
  return decision(run, nameOf(guard), message, (name, error) => refused(context, name, error));
}

/** Called for a message that `guard` refused. */
function listenerFor(message: object, guard: unknown, target: object | undefined): Refused | undefined {
  if (byMessage.has(message)) return byMessage.get(message);
  const applications = byGuard.get(guard as object) ?? (target && byGuard.get(target));
  return applications?.size === 1 ? [...applications][0] : undefined;
}

/** The guard's own answer. Afterwards the message is no longer being decided about. */
function decision(
  run: () => unknown,
  guard: string,
  message: object,
  refused: (guard: string, error: unknown) => void,
): unknown {
  return observeAnswer(run, {
    onAnswer: (value) => {
      asked.delete(message);
      if (!value) refused(guard, undefined);
    },
    onError: (error) => {
      asked.delete(message);
      refused(guard, error);
    },
    onUnknown: () => void asked.delete(message),
  });
}

/** Identity of a message: the array that Nest passes from step to step. `undefined`: it is a request. */
export function messageOf(context: ExecutionContext | undefined): object | undefined {
  const type = context?.getType?.();
  return type === 'rpc' || type === 'ws' ? context!.getArgs() : undefined;
}

/** The guard's class. Reading it from a proxy would call the proxy's code, and an object literal has none of its own. */
function nameOf(guard: unknown): string {
  if (types.isProxy(guard)) return 'guard';
  const owner = (guard as object | undefined)?.constructor;
  const name: unknown = owner === Object ? undefined : owner?.name;
  return typeof name === 'string' && name !== '' ? name : 'guard';
}
