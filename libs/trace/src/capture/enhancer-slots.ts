import type { CallHandler, CanActivate, ExecutionContext, NestInterceptor, Type } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';

/**
 * Places for our interceptors and our guard on handlers of the application. The metadata of a handler belongs to its
 * class, which two applications of a process may share, so it holds one of these classes and never an instance. Nest
 * looks the instance up in the module of the application that handles the message, where `bind` puts it. An
 * application without the module finds an instance there that Nest made from the class: it does nothing.
 */
export class MessageSlot implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler) {
    return next.handle();
  }
}

/** The innermost interceptor of a route. */
export class InnermostSlot extends MessageSlot {}

/** The first guard of a message handler. */
export class GuardSlot implements CanActivate {
  canActivate(_context: ExecutionContext): boolean {
    return true;
  }
}

/** A module of the application: its classes, and where their slots are filled. */
export interface SlotModule {
  readonly classes: readonly Type[];
  /** @param instance has no lifecycle hooks: Nest would call them once per module */
  bind(slot: Type, instance: NestInterceptor | CanActivate): void;
}

export function slotModules(modules: ModulesContainer): SlotModule[] {
  return Array.from(modules.values(), (module) => ({
    // Gateways are providers.
    classes: [...module.controllers.values(), ...module.providers.values()].flatMap(({ metatype }) =>
      typeof metatype === 'function' ? [metatype as Type] : [],
    ),
    bind: (slot, instance) => {
      const subtype = 'canActivate' in instance ? 'guard' : 'interceptor';
      module.addInjectable({ provide: slot, useValue: instance }, subtype);
    },
  }));
}

/** Puts a slot before or behind what metadata of this key has on a class or handler, once. */
export function addSlot(key: string, target: object, slot: Type, place: 'first' | 'last'): void {
  const present = (Reflect.getMetadata(key, target) ?? []) as unknown[];
  const others = present.filter((other) => other !== slot);
  if (present.length > others.length && present[place === 'first' ? 0 : present.length - 1] === slot) return;
  Reflect.defineMetadata(key, place === 'first' ? [slot, ...others] : [...others, slot], target);
}
