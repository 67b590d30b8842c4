import type { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import type { RouteRule } from '../capture.options.js';
import { NestRoutes } from './routes/nest-routes.js';
import type { InternalErrors } from '../internal-errors.js';
import { type CaptureSite, declaringModules, webhookFilter } from './webhook-filter.js';

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
