import { RequestMethod, type Type, VERSION_NEUTRAL, VersioningType } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';
import { isNoTrace, traceWebhookOptions, type TraceWebhookOptions } from '../context/trace-webhook.decorator.js';
import { pathPattern } from './route-pattern.js';

// Nest's own metadata keys for routes; they have been these since Nest 5 and are what its router reads.
const PATH = 'path';
const METHOD = 'method';
const VERSION = '__version__';
const MODULE_PATH = '__module_path__';

export interface DeclaredRoute {
  method: RequestMethod;
  pattern: RegExp;
  /** Where the version is not part of the path: those it answers to. `undefined`: any. */
  versions?: readonly string[];
  /** `false`: `@NoTrace()`. */
  webhook: TraceWebhookOptions | false;
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
 * @param applicationId tells this application's module paths from those of another in the process
 */
export function declaredRoutes(
  modules: Iterable<DeclaringModule>,
  config: ApplicationConfig,
  applicationId: string,
): DeclaredRoute[] {
  const prefix = pathPattern(config.getGlobalPrefix());
  // A path may be excluded from the prefix, and then stands without.
  const before = prefix === '' ? '' : `(?:${prefix})?`;
  const routes: DeclaredRoute[] = [];
  for (const { metatype, controllers } of modules) {
    const modulePath = pathPattern(modulePathOf(metatype, applicationId));
    for (const controller of controllers) {
      const bases = pathsOf(controller);
      if (!bases) continue;
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
            routes.push({ method, pattern, versions, webhook });
          }
        }
      }
    }
  }
  return routes;
}

/** A route for GET also answers HEAD. */
export function findDeclared(
  routes: readonly DeclaredRoute[],
  method: string,
  path: string,
  versions: () => readonly string[] | undefined = () => undefined,
): DeclaredRoute | undefined {
  const asked = method === 'HEAD' ? ['HEAD', 'GET'] : [method];
  return routes.find(
    (route) =>
      (route.method === RequestMethod.ALL || asked.includes(RequestMethod[route.method]!)) &&
      route.pattern.test(path) &&
      answersTo(route, versions),
  );
}

/** What handler and controller say, the handler first; `undefined`: neither says anything. */
function wishOf(handler: object, controller: Type): TraceWebhookOptions | false | undefined {
  if (isNoTrace(handler)) return false;
  const own = traceWebhookOptions(handler);
  if (own) return own;
  return isNoTrace(controller) ? false : traceWebhookOptions(controller);
}

function answersTo({ versions }: DeclaredRoute, requested: () => readonly string[] | undefined): boolean {
  if (versions === undefined) return true;
  const asked = requested();
  return asked !== undefined && asked.some((version) => versions.includes(version));
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

/** What `RouterModule` put before a module's routes. */
function modulePathOf(module: Type, applicationId: string): string {
  const path: unknown =
    Reflect.getMetadata(MODULE_PATH + applicationId, module) ?? Reflect.getMetadata(MODULE_PATH, module);
  return typeof path === 'string' ? path : '';
}

function pathsOf(target: object): string[] | undefined {
  const path = Reflect.getMetadata(PATH, target) as string | string[] | undefined;
  return path === undefined ? undefined : Array.isArray(path) ? path : [path];
}

function handlersOf(controller: Type): object[] {
  const found = new Map<string, object>();
  for (let proto = controller.prototype; proto && proto !== Object.prototype; proto = Object.getPrototypeOf(proto)) {
    for (const name of Object.getOwnPropertyNames(proto)) {
      const value: unknown = Object.getOwnPropertyDescriptor(proto, name)?.value;
      if (typeof value === 'function' && name !== 'constructor' && !found.has(name)) found.set(name, value);
    }
  }
  return [...found.values()];
}
