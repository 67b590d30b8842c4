import { RequestMethod, type Type, VersioningType } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';
import { isNoTrace, traceWebhookOptions, type TraceWebhookOptions } from '../context/trace-webhook.decorator.js';
import { trimSlashes } from './route-rules.js';

// Nest's own metadata keys for routes; they have been these since Nest 5 and are what its router reads.
const PATH = 'path';
const METHOD = 'method';

export interface DeclaredRoute {
  method: RequestMethod;
  pattern: RegExp;
  /** `false`: `@NoTrace()`. */
  webhook: TraceWebhookOptions | false;
}

/**
 * The routes that say by decorator whether they are traced. Read from the controllers before the first request,
 * because a trace opens before Nest has chosen a handler: that is what lets a guard's 401 be seen.
 */
export function declaredRoutes(controllers: readonly Type[], config: ApplicationConfig): DeclaredRoute[] {
  const before = prefixPattern(config);
  const routes: DeclaredRoute[] = [];
  for (const controller of controllers) {
    const bases = pathsOf(controller);
    if (!bases) continue;
    for (const handler of handlersOf(controller)) {
      const paths = pathsOf(handler);
      if (!paths) continue;
      const webhook = traceWebhookOptions(handler) ?? traceWebhookOptions(controller);
      const untraced = isNoTrace(handler) || (isNoTrace(controller) && !traceWebhookOptions(handler));
      if (!webhook && !untraced) continue;
      const method = (Reflect.getMetadata(METHOD, handler) as RequestMethod | undefined) ?? RequestMethod.GET;
      for (const base of bases) {
        for (const path of paths) {
          const pattern = new RegExp(`^${before}${pathPattern(base)}${pathPattern(path)}/?$`, 'i');
          routes.push({ method, pattern, webhook: untraced ? false : webhook! });
        }
      }
    }
  }
  return routes;
}

export function findDeclared(
  routes: readonly DeclaredRoute[],
  method: string,
  path: string,
): DeclaredRoute | undefined {
  return routes.find(
    (route) =>
      (route.method === RequestMethod.ALL || RequestMethod[route.method] === method) && route.pattern.test(path),
  );
}

/** The global prefix and a URI version may each stand before the path, or be excluded from it. */
function prefixPattern(config: ApplicationConfig): string {
  const prefix = pathPattern(config.getGlobalPrefix());
  const versioning = config.getVersioning();
  const version = versioning?.type === VersioningType.URI ? '(?:/[^/]+)?' : '';
  return `${prefix === '' ? '' : `(?:${prefix})?`}${version}`;
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

/** `users/:id` as the source of a RegExp: `/users/[^/]+`. Knows `:param`, `*`, `*splat` and `{optional}` parts. */
function pathPattern(path: string): string {
  const trimmed = trimSlashes(path);
  if (trimmed === '') return '';
  return `/${trimmed}`.replace(/[.+?^$()|[\]\\]|:\w+|\*\w*|\{|\}/g, (part) => {
    if (part === '{') return '(?:';
    if (part === '}') return ')?';
    if (part.startsWith(':')) return '[^/]+';
    return part.startsWith('*') ? '.*' : `\\${part}`;
  });
}
