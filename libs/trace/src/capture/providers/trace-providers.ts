import { ConsoleLogger, Logger, type Type } from '@nestjs/common';
import { ApplicationConfig, ModuleRef, type ModulesContainer } from '@nestjs/core';
import type { TraceRecorder } from '../../context/recorder.js';
import { matchOf, namedClasses } from './matched-class.js';
import type { ProviderRule } from './providers.options.js';
import { traceClass } from './traced-class.js';

type NestModule = ModulesContainer extends Map<string, infer M> ? M : never;

/** Metadata that `@Injectable()` sets. */
const INJECTABLE = '__injectable__';
/** What Nest itself puts into each module, and loggers: their lines are recorded as lines. */
const NOT_TRACED: readonly unknown[] = [ModuleRef, ApplicationConfig, Logger, ConsoleLogger];

/** The providers of an application whose methods are recorded. */
export interface TracedProviders {
  /** Looks at what factories made. Call it when all instances are made, before the hooks of other modules run. */
  instancesMade(): void;
  stop(): void;
}

/**
 * Records the methods of the classes that match. Prototypes are changed while Nest makes its first instances: before
 * `onModuleInit`, in which BullMQ, event-emitter and schedule take the methods. It holds for all scopes, because instances
 * of a request have the same prototype.
 *
 * A RegExp applies to classes that Nest instantiates, and to instances of `@Injectable()` classes that a factory or
 * `useValue` provides: not to any class that an SDK's client happens to have. A class as rule applies wherever its instances
 * come from.
 *
 * @param isOwn whether a module is this package's
 */
export function traceProviders(
  rules: readonly ProviderRule[],
  modules: ModulesContainer,
  recorder: TraceRecorder,
  isOwn: (module: NestModule) => boolean,
): TracedProviders {
  const traced = new Map<Type, () => void>();
  const consider = (target: Type, isProvided: boolean): void => {
    for (let one: Type | null = target; isClass(one); one = Object.getPrototypeOf(one) as Type | null) {
      const match = traced.has(one) ? undefined : matchOf(one, rules);
      if (match !== undefined && (isProvided || match === 'class')) traced.set(one, traceClass(one, recorder));
    }
  };
  const looked = (): NestModule[] => [...modules.values()].filter((module) => !isNests(module) && !isOwn(module));
  if (rules.length > 0) {
    for (const target of namedClasses(rules)) consider(target, false);
    for (const module of looked()) for (const target of classesOf(module)) consider(target, true);
  }
  return {
    instancesMade: () => {
      if (rules.length === 0) return;
      for (const module of looked()) for (const target of madeClassesOf(module)) consider(target, isInjectable(target));
    },
    stop: () => {
      for (const stop of traced.values()) stop();
    },
  };
}

/** Classes that Nest instantiates: of a factory, `metatype` is the factory. */
function* classesOf(module: NestModule): Iterable<Type> {
  for (const { metatype, inject, token } of module.providers.values())
    if (!inject && token !== module.metatype && isClass(metatype) && isTraceable(metatype)) yield metatype;
}

/** Classes of what factories made and of values. */
function* madeClassesOf(module: NestModule): Iterable<Type> {
  for (const wrapper of module.providers.values()) {
    if (!wrapper.inject && wrapper.metatype) continue;
    const instance: unknown = wrapper.instance;
    if (typeof instance !== 'object' || instance === null) continue;
    const made = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(instance) ?? {}, 'constructor')
      ?.value as unknown;
    if (isClass(made) && isTraceable(made)) yield made;
  }
}

function isClass(target: unknown): target is Type {
  return typeof target === 'function' && target !== Function.prototype && typeof target.prototype === 'object';
}

function isTraceable(target: Type): boolean {
  return NOT_TRACED.every((base) => target !== base && !(target.prototype instanceof (base as Type)));
}

function isInjectable(target: Type): boolean {
  return Reflect.hasOwnMetadata(INJECTABLE, target);
}

function isNests({ metatype }: NestModule): boolean {
  return metatype?.name === 'InternalCoreModule';
}
