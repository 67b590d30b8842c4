import type { Type } from '@nestjs/common';
import type { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import type { ReadWebhookOptions } from '../../context/decorators/trace-webhook.decorator.js';
import type { CapturedRequest, RouteRule } from '../capture.options.js';
import {
  type DeclaredRoute,
  declaredRoutes,
  type DeclaringModule,
  findDeclared,
  wishOf,
} from './routes/declared-routes.js';
import { type NestRoute, NestRoutes } from './routes/nest-routes.js';
import { requestAnswers } from './routes/request-version.js';
import type { RequestTarget } from './request-target.js';
import { RouteRules, trimSlashes } from './routes/route-rules.js';
import type { InternalErrors } from '../internal-errors.js';

/** The expectation about a request that arrived, before routing. */
export interface WebhookMatch {
  /** From `@TraceWebhook(options)`, when the route has it. */
  readonly declared?: ReadWebhookOptions;
  /** The request may be one of a `@NoTrace()` route: if no handler is reached, nothing is recorded. */
  readonly inDoubt: boolean;
}

/** Decides whether a request is traced: at arrival, at the router's choice, and if there was none. */
export interface WebhookFilter {
  /**
   * `undefined`: no rule and no decorator takes the request; `'never'`: its route is expected to be a `@NoTrace()` one.
   * Calls no code of the application.
   */
  expected(request: CapturedRequest, method: string, target: RequestTarget): WebhookMatch | 'never' | undefined;
  /**
   * Options where requests that this handler takes are traced, else `false`.
   * @param target where the rules were not asked about it at arrival, or something else opened the trace
   */
  chosen(route: NestRoute, request: CapturedRequest, target: RequestTarget | undefined): ReadWebhookOptions | false;
  /** The same for a handler that only the interceptor sees. `undefined`: the decorators do not decide. */
  wish(handler: object, controller: Type): ReadWebhookOptions | false | undefined;
  /** Whether a prefix, a RegExp or the default rule takes a path. */
  takes(target: RequestTarget): boolean;
  takesPath(path: string): boolean;
  /** Whether predicates may take requests; they are called once the request is routed or over. */
  readonly hasPredicates: boolean;
  /** Asks the predicates about a request that no handler of Nest took. */
  unrouted(request: CapturedRequest): boolean;
}

/** The parts of the application that capture uses. */
export interface CaptureSite {
  readonly filter: WebhookFilter;
  readonly routes?: NestRoutes;
}

/**
 * The routes of the application, and which of its requests are webhooks. Call it after all modules are scanned and before
 * Nest registers routes.
 *
 * @param debugPath prefix of our own routes; `undefined`: there are none
 */
export function applicationSite(
  rules: readonly RouteRule[],
  debugPath: string | undefined,
  modules: ModulesContainer,
  config: ApplicationConfig,
): (internalErrors: InternalErrors) => CaptureSite {
  return (internalErrors) => {
    const filter = webhookFilter(rules, debugPath, modules, config, internalErrors);
    return { filter, routes: new NestRoutes(declaringModules(modules), filter.takesPath) };
  };
}

/**
 * Which requests are webhooks: what a route's decorators say first, the route rules next, and never our own routes.
 * Controllers and the prefix are read at the first request, when the application has finished declaring them.
 */
function webhookFilter(
  rules: readonly RouteRule[],
  debugPath: string | undefined,
  modules: ModulesContainer,
  config: ApplicationConfig,
  internalErrors: InternalErrors,
): WebhookFilter {
  const ruled = new RouteRules(rules, internalErrors);
  const takes = ({ path, routed }: RequestTarget): boolean =>
    ruled.takesPath(path) || (routed !== path && ruled.takesPath(routed));
  let known: { declared: DeclaredRoute[]; ownRoutes: RegExp | undefined } | undefined;
  return {
    hasPredicates: ruled.hasPredicates,
    takes,
    takesPath: (path) => ruled.takesPath(path),
    expected(request, method, target) {
      const { routed } = target;
      known ??= {
        declared: declaredRoutes(declaringModules(modules), config, modules.applicationId),
        ownRoutes: ownRoutes(debugPath, config),
      };
      if (known.ownRoutes?.test(routed)) return undefined;
      const { sure, possible } = findDeclared(known.declared, method, routed, (route) =>
        requestAnswers(config, request, route),
      );
      if (sure && possible.length === 0) return sure.webhook ? { declared: sure.webhook, inDoubt: false } : 'never';
      const inDoubt = possible.some(({ webhook }) => webhook === false) || sure?.webhook === false;
      if (sure?.webhook || possible.some(({ webhook }) => webhook)) return { inDoubt };
      return takes(target) ? { inDoubt } : undefined;
    },
    chosen({ wish, byPath }, request, target) {
      if (wish !== undefined) return wish;
      return byPath || (target && takes(target)) || ruled.takesRequest(request) ? NO_OPTIONS : false;
    },
    wish: wishOf,
    unrouted: (request) => ruled.takesRequest(request),
  };
}

const NO_OPTIONS: ReadWebhookOptions = {};

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
