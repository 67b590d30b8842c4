import type { Type } from '@nestjs/common';
import type { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import type { RouteRule } from './capture.options.js';
import { declaredRoutes, findDeclared, type DeclaredRoute, type DeclaringModule } from './declared-routes.js';
import { requestedVersions } from './request-version.js';
import { routeMatcher, trimSlashes } from './route-rules.js';
import type { WebhookFilter } from './webhook-capture.js';

/**
 * Which requests are webhooks: what a route's decorators say first, the route rules next, and never our own routes.
 * Controllers and the prefix are read at the first request, when the application has finished declaring them.
 */
export function webhookFilter(
  rules: readonly RouteRule[],
  debugPath: string | undefined,
  modules: ModulesContainer,
  config: ApplicationConfig,
): WebhookFilter {
  const matches = routeMatcher(rules);
  let known: { declared: DeclaredRoute[]; ownRoutes: RegExp | undefined } | undefined;
  return (request, method, path) => {
    known ??= {
      declared: declaredRoutes(declaringModules(modules), config, modules.applicationId),
      ownRoutes: ownRoutes(debugPath, config),
    };
    if (known.ownRoutes?.test(path)) return undefined;
    const declared = findDeclared(known.declared, method, path, () => requestedVersions(config, request));
    if (declared) return declared.webhook ? { declared: declared.webhook } : undefined;
    return matches(request, method, path) ? {} : undefined;
  };
}

function declaringModules(modules: ModulesContainer): DeclaringModule[] {
  return Array.from(modules.values(), ({ metatype, controllers }) => ({
    metatype,
    controllers: [...controllers.values()].flatMap((controller) =>
      controller.metatype ? [controller.metatype as Type] : [],
    ),
  }));
}

function ownRoutes(debugPath: string | undefined, config: ApplicationConfig): RegExp | undefined {
  if (debugPath === undefined) return undefined;
  const prefix = trimSlashes(config.getGlobalPrefix());
  return new RegExp(`^/${prefix === '' ? '' : `(?:${literal(prefix)}/)?`}${literal(debugPath)}(?:/|$)`, 'i');
}

/** A path as the source of a RegExp that matches just it. */
function literal(path: string): string {
  return trimSlashes(path).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
