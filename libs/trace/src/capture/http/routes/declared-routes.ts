import { RequestMethod, type Type, VERSION_NEUTRAL, VersioningType } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';
import {
  isNoTrace,
  traceWebhookOptions,
  type ReadWebhookOptions,
} from '../../../context/decorators/trace-webhook.decorator.js';
import { OWN_CONTROLLER } from '../../../model/own-controller.js';
import { pathPattern } from './route-pattern.js';

// Nest's own metadata keys for routes; they have been these since Nest 5 and are what its router reads.
const PATH = 'path';
const METHOD = 'method';
const VERSION = '__version__';
const MODULE_PATH = '__module_path__';
const HOST = 'host';

export interface DeclaredRoute {
  /** The name of its method, `POST`. `undefined`: any. */
  method?: string;
  pattern: RegExp;
  /** Where the version is not part of the path: those it answers to. `undefined`: any. */
  versions?: readonly string[];
  /** The hosts that the controller is bound to. `undefined`: any. */
  hosts?: readonly RegExp[];
  /** `false`: `@NoTrace()`. */
  webhook: ReadWebhookOptions | false;
}

/** A module with the controllers that it declares. */
export interface DeclaringModule {
  readonly metatype: Type;
  readonly controllers: readonly Type[];
}

/**
 * The routes that say by decorator whether they are traced. Read from the controllers before the first request,
 * because a trace opens before Nest has chosen a handler: that is what lets a guard's 401 be seen.
 *
 * @param applicationId distinguishes the module paths of applications in one process
 */
export function declaredRoutes(
  modules: Iterable<DeclaringModule>,
  config: ApplicationConfig,
  applicationId: string,
): DeclaredRoute[] {
  const prefix = pathPattern(config.getGlobalPrefix());
  // A path may be excluded from the prefix.
  const before = prefix === '' ? '' : `(?:${prefix})?`;
  const routes: DeclaredRoute[] = [];
  for (const { metatype, controllers } of modules) {
    const modulePath = pathPattern(modulePathOf(metatype, applicationId));
    for (const controller of controllers) {
      const bases = pathsOf(controller);
      // Requests for our own routes are known by their path.
      if (!bases || Reflect.getMetadata(OWN_CONTROLLER, controller) === true) continue;
      const hosts = hostsOf(controller);
      for (const handler of handlersOf(controller)) {
        const paths = pathsOf(handler);
        const webhook = paths && wishOf(handler, controller);
        if (!paths || webhook === undefined) continue;
        const method = (Reflect.getMetadata(METHOD, handler) as RequestMethod | undefined) ?? RequestMethod.GET;
        const versions = versionsBesidesPath(handler, controller, config);
        const start = `^${before}${versionPattern(handler, controller, config)}${modulePath}`;
        for (const base of bases) {
          for (const path of paths) {
            const pattern = new RegExp(`${start}${pathPattern(base)}${pathPattern(path)}/?$`, 'i');
            routes.push({ method: methodName(method), pattern, versions, hosts, webhook });
          }
        }
      }
    }
  }
  return routes;
}

/** Whether a route takes a request, as far as that can be said without calling code of the application. */
export type Answer = 'yes' | 'no' | 'maybe';

/** The first route that takes the request for certain, and those before it that may. A route for GET also answers HEAD. */
export function findDeclared(
  routes: readonly DeclaredRoute[],
  method: string,
  path: string,
  answers: (route: DeclaredRoute) => Answer,
): { sure: DeclaredRoute | undefined; possible: readonly DeclaredRoute[] } {
  let possible = NONE;
  for (const route of routes) {
    if (!hasMethod(route, method) || !route.pattern.test(path)) continue;
    const answer = answers(route);
    if (answer === 'yes') return { sure: route, possible };
    if (answer === 'maybe') possible = [...possible, route];
  }
  return possible === NONE ? NOT_FOUND : { sure: undefined, possible };
}

const NONE: readonly DeclaredRoute[] = [];
const NOT_FOUND = { sure: undefined, possible: NONE };

function methodName(method: RequestMethod): string | undefined {
  return method === RequestMethod.ALL ? undefined : RequestMethod[method];
}

function hasMethod({ method }: DeclaredRoute, asked: string): boolean {
  return method === asked || method === undefined || (asked === 'HEAD' && method === 'GET');
}

/** Options of the handler, else of the controller; `undefined`: neither has any. */
export function wishOf(handler: object, controller: object): ReadWebhookOptions | false | undefined {
  if (isNoTrace(handler)) return false;
  const own = traceWebhookOptions(handler);
  if (own) return own;
  return isNoTrace(controller) ? false : traceWebhookOptions(controller);
}

/** `users.example.com`, `:tenant.example.com` or a RegExp, one or several. */
export function hostsOf(controller: Type): RegExp[] | undefined {
  const host = Reflect.getMetadata(HOST, controller) as string | RegExp | (string | RegExp)[] | undefined;
  if (host === undefined || host === '') return undefined;
  return (Array.isArray(host) ? host : [host]).map((one) =>
    typeof one === 'string' ? new RegExp(`^${pathPattern(one).slice(1)}$`, 'i') : new RegExp(one.source, one.flags),
  );
}

function versionsBesidesPath(handler: object, controller: Type, config: ApplicationConfig): string[] | undefined {
  const versioning = config.getVersioning();
  if (versioning === undefined || versioning.type === VersioningType.URI) return undefined;
  const declared = declaredVersions(handler, controller, versioning.defaultVersion);
  return declared.length === 0 || declared.includes(VERSION_NEUTRAL) ? undefined : declared.map(String);
}

function declaredVersions(handler: object, controller: Type, byDefault: unknown): unknown[] {
  const declared: unknown =
    Reflect.getMetadata(VERSION, handler) ?? Reflect.getMetadata(VERSION, controller) ?? byDefault;
  return declared === undefined ? [] : Array.isArray(declared) ? (declared as unknown[]) : [declared];
}

/** `/v1`, where the version is part of the path. */
function versionPattern(handler: object, controller: Type, config: ApplicationConfig): string {
  const versioning = config.getVersioning();
  if (versioning?.type !== VersioningType.URI) return '';
  const declared = declaredVersions(handler, controller, versioning.defaultVersion);
  if (declared.length === 0) return '';
  const prefix = versioning.prefix === false ? '' : (versioning.prefix ?? 'v');
  const versions = declared.map((version) =>
    version === VERSION_NEUTRAL ? '' : pathPattern(`${prefix}${String(version)}`),
  );
  return `(?:${versions.join('|')})`;
}

/** Path that `RouterModule` put before a module's routes. */
function modulePathOf(module: Type, applicationId: string): string {
  const path: unknown =
    Reflect.getMetadata(MODULE_PATH + applicationId, module) ?? Reflect.getMetadata(MODULE_PATH, module);
  return typeof path === 'string' ? path : '';
}

export function pathsOf(target: object): string[] | undefined {
  const path = Reflect.getMetadata(PATH, target) as string | string[] | undefined;
  return path === undefined ? undefined : Array.isArray(path) ? path : [path];
}

export function handlersOf(controller: Type): object[] {
  const found = new Map<string, object>();
  for (let proto = controller.prototype; proto && proto !== Object.prototype; proto = Object.getPrototypeOf(proto)) {
    for (const name of Object.getOwnPropertyNames(proto)) {
      const value: unknown = Object.getOwnPropertyDescriptor(proto, name)?.value;
      if (typeof value === 'function' && name !== 'constructor' && !found.has(name)) found.set(name, value);
    }
  }
  return [...found.values()];
}
