import type {
  ClassProvider,
  FactoryProvider,
  InjectionToken,
  OptionalFactoryDependency,
  Provider,
  Type,
} from '@nestjs/common';
import type { StartGuard } from './start-guard.js';
import { START } from './trace.tokens.js';

/** A provider of this package, before it is guarded. */
export type OwnProvider = (Type | ClassProvider | FactoryProvider) & {
  /** Returns the substitute that is injected if the provider could not be made. Default: `undefined`. */
  inert?: (start: StartGuard, ...dependencies: never[]) => unknown;
};

// Nest's metadata keys of constructor parameters.
const PARAMETERS = 'design:paramtypes';
const INJECTED = 'self:paramtypes';

/** Returns the provider behind the application's `StartGuard`: neither its construction nor its hooks throw. */
export function guarded(provider: OwnProvider): Provider {
  const { inert } = provider;
  const { token, what, inject, make } = recipe(provider);
  return {
    provide: token,
    inject: [START, ...inject],
    useFactory: (start: StartGuard, ...dependencies: never[]) =>
      start.attempt<unknown>(
        what,
        () => make(...dependencies),
        () => inert?.(start, ...dependencies),
      ),
  };
}

interface Recipe {
  token: InjectionToken;
  what: string;
  inject: (InjectionToken | OptionalFactoryDependency)[];
  make(...dependencies: never[]): unknown;
}

function recipe(provider: OwnProvider): Recipe {
  if ('useFactory' in provider) {
    const { provide, inject = [], useFactory } = provider;
    return { token: provide, what: nameOf(provide), inject, make: useFactory };
  }
  const metatype = 'useClass' in provider ? provider.useClass : provider;
  const token = 'useClass' in provider ? provider.provide : provider;
  return {
    token,
    what: nameOf(token),
    inject: dependenciesOf(metatype),
    make: (...dependencies) => new metatype(...dependencies),
  };
}

/** Returns the tokens that Nest injects into the constructor. */
export function dependenciesOf(metatype: Type): InjectionToken[] {
  const types = [...((Reflect.getMetadata(PARAMETERS, metatype) ?? []) as InjectionToken[])];
  const injected = (Reflect.getMetadata(INJECTED, metatype) ?? []) as { index: number; param: InjectionToken }[];
  for (const { index, param } of injected) types[index] = param;
  return types;
}

function nameOf(token: InjectionToken): string {
  if (typeof token === 'symbol') return token.description ?? 'a provider';
  return typeof token === 'function' ? token.name : String(token);
}
