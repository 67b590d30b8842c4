import type { HttpServer } from '@nestjs/common';
import { currentStore, runInStore } from '../../../context/trace-context.js';
import type { NestRoute, NestRoutes } from '../routes/nest-routes.js';
import type { WebhookCapture } from '../webhook-capture.js';

/** A function that the router calls: Express's with `next`, Fastify's without. */
export type RouteCallback = (this: unknown, request: never, response: never, next?: Next) => unknown;
export type Next = (...args: unknown[]) => unknown;
export type Registers = Record<string, ((...args: unknown[]) => unknown) | undefined>;

/** Methods of Nest's adapters by which its router registers handlers. */
const METHODS =
  'get post put patch delete head options all search propfind proppatch mkcol copy move lock unlock'.split(' ');

/** Set on the result of `applyVersionFilter`: the handler behind the version. Nest copies enumerable properties. */
const SLOT = Symbol('nestjs-trace-collector.route');

interface Slot {
  route: NestRoute | undefined;
}

/**
 * Wraps the callbacks that Nest gives the router. To be called before the first route is registered. A call of a callback is
 * the router's decision for one handler, before its guards: the trace is kept, dropped or opened, and the context entered
 * that a middleware may have lost. Behind a version filter the handler is wrapped, not the filter: the filter calls the application's extractor,
 * and may decline.
 */
export function hookRoutes(adapter: HttpServer, routes: NestRoutes, capture: WebhookCapture): void {
  const registers = adapter as unknown as Registers;
  const applyVersionFilter = registers.applyVersionFilter;
  if (typeof applyVersionFilter === 'function') {
    registers.applyVersionFilter = function (this: unknown, ...args: unknown[]) {
      const handler = args[0] as RouteCallback & { [SLOT]?: Slot };
      const slot = handler[SLOT] ?? { route: undefined };
      const inner = handler[SLOT] ? handler : watched(handler, slot, capture);
      const filtered = applyVersionFilter.apply(this, [inner, ...args.slice(1)]) as { [SLOT]?: Slot };
      filtered[SLOT] = slot;
      return filtered;
    };
  }
  for (const method of METHODS) {
    const register = registers[method];
    if (typeof register !== 'function') continue;
    registers[method] = function (this: unknown, ...args: unknown[]) {
      const [path, callback] = args;
      if (args.length !== 2 || typeof path !== 'string' || typeof callback !== 'function') {
        return register.apply(this, args);
      }
      return register.call(this, path, hooked(method, path, callback as RouteCallback, routes, capture));
    };
  }
}

function hooked(
  method: string,
  path: string,
  callback: RouteCallback & { [SLOT]?: Slot },
  routes: NestRoutes,
  capture: WebhookCapture,
): RouteCallback {
  try {
    const route = routes.register(method.toUpperCase(), path, callback);
    if (!route) return callback;
    const slot = callback[SLOT];
    if (!slot) return withPropertiesOf(callback, watched(callback, { route }, capture));
    slot.route = route;
  } catch (error) {
    capture.internalErrors.add('route', error);
  }
  return callback;
}

function watched(callback: RouteCallback, slot: Slot, capture: WebhookCapture): RouteCallback {
  return function (this: unknown, request, response, next) {
    const { route } = slot;
    const reached = route && capture.reach(route, request, response);
    if (!reached) return callback.call(this, request, response, next);
    const before = currentStore();
    return reached.run((declined) => {
      const goOn: Next | undefined =
        declined && next && ((...args) => (declined() ? runInStore(before, next, ...args) : next(...args)));
      return callback.call(this, request, response, goOn ?? next);
    });
  };
}

/** Adapters read a route's options from the handler's properties and metadata. */
function withPropertiesOf(callback: RouteCallback, wrapper: RouteCallback): RouteCallback {
  for (const key of Reflect.ownKeys(callback)) {
    if (key === 'prototype' || key === 'arguments' || key === 'caller') continue;
    Reflect.defineProperty(wrapper, key, Object.getOwnPropertyDescriptor(callback, key)!);
  }
  for (const key of Reflect.getOwnMetadataKeys(callback) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, callback), wrapper);
  }
  return wrapper;
}
