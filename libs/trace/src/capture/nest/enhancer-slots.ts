import {
  type CallHandler,
  type CanActivate,
  type ExecutionContext,
  Inject,
  type NestInterceptor,
  Optional,
  type Type,
} from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';

/** The instances in the slots of an application, by its container. */
const filled = new WeakMap<object, Map<unknown, NestInterceptor | CanActivate>>();

/**
 * Places for our interceptor and our guard on message handlers of the application. The metadata of a handler belongs to its
 * class, which two applications of a process may share, so it holds one of these classes and never an instance. Nest
 * looks the instance up in a module of the application that handles the message, and that instance delegates to the one
 * that its application put into the slot. In an application without the module it does nothing.
 */
export class MessageSlot implements NestInterceptor {
  constructor(@Optional() @Inject(ModulesContainer) private readonly application?: object) {}

  intercept(context: ExecutionContext, next: CallHandler) {
    const own = fillingOf(this.application, this.constructor) as NestInterceptor | undefined;
    return own ? own.intercept(context, next) : next.handle();
  }
}

/** The first guard of a message handler. */
export class GuardSlot implements CanActivate {
  constructor(@Optional() @Inject(ModulesContainer) private readonly application?: object) {}

  canActivate(context: ExecutionContext): ReturnType<CanActivate['canActivate']> {
    const own = fillingOf(this.application, GuardSlot) as CanActivate | undefined;
    return own ? own.canActivate(context) : true;
  }
}

function fillingOf(application: object | undefined, slot: unknown): NestInterceptor | CanActivate | undefined {
  return application && filled.get(application)?.get(slot);
}

/** A module of the application: its classes, and where their slots are filled. */
export interface SlotModule {
  readonly classes: readonly Type[];
  /** Fills a slot in the application, and makes it known in this module. */
  bind(slot: Type, instance: NestInterceptor | CanActivate): void;
}

export function slotModules(modules: ModulesContainer): SlotModule[] {
  return Array.from(modules.values(), (module) => ({
    // Gateways are providers.
    classes: [...module.controllers.values(), ...module.providers.values()].flatMap(({ metatype }) =>
      typeof metatype === 'function' ? [metatype as Type] : [],
    ),
    bind: (slot, instance) => {
      const fillings = filled.get(modules) ?? new Map<unknown, NestInterceptor | CanActivate>();
      filled.set(modules, fillings.set(slot, instance));
      // Where Nest found the slot in the metadata, it makes the instance itself.
      if (module.injectables.has(slot)) return;
      const subtype = 'canActivate' in instance ? 'guard' : 'interceptor';
      module.addInjectable({ provide: slot, useValue: new slot(modules) }, subtype);
    },
  }));
}

/** Adds a slot as the first or last entry of this metadata of a class or handler, once. */
export function addSlot(key: string, target: object, slot: Type, place: 'first' | 'last'): void {
  const present = (Reflect.getMetadata(key, target) ?? []) as unknown[];
  const others = present.filter((other) => other !== slot);
  if (present.length > others.length && present[place === 'first' ? 0 : present.length - 1] === slot) return;
  Reflect.defineMetadata(key, place === 'first' ? [slot, ...others] : [...others, slot], target);
}
