import type { InjectionToken, Type } from '@nestjs/common';

/** Makes an object of this package and never throws. */
export interface ConstructionGuard {
  attempt<T>(what: string, make: () => T, inert: () => T): T;
}

// Nest's own metadata keys of constructor parameters.
const PARAMETERS = 'design:paramtypes';
const INJECTED = 'self:paramtypes';

/**
 * A controller that is made through a guard. Nest makes controllers itself, from their class, so the guard is one more
 * parameter of the constructor. One that could not be made is an object without methods, which has no routes.
 */
export function guardedController(base: Type, guard: InjectionToken): Type {
  const index = base.length;
  // A function and not a class: the constructor of a derived class has to call `super`, which is what may throw.
  const controller = function (this: unknown, ...args: unknown[]): object {
    return (args[index] as ConstructionGuard).attempt<object>(
      base.name,
      () => Reflect.construct(base, args.slice(0, index), controller) as object,
      () => ({}),
    );
  } as unknown as Type;
  Object.setPrototypeOf(controller, base);
  controller.prototype = Object.create(base.prototype as object, {
    constructor: { value: controller, configurable: true, writable: true },
  });
  const types = [...((Reflect.getMetadata(PARAMETERS, base) ?? []) as unknown[])];
  types[index] = Object;
  const injected = (Reflect.getMetadata(INJECTED, base) ?? []) as object[];
  Reflect.defineMetadata(PARAMETERS, types, controller);
  Reflect.defineMetadata(INJECTED, [...injected, { index, param: guard }], controller);
  return controller;
}
