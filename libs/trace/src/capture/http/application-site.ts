import type { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import type { RouteRule } from '../capture.options.js';
import { NestRoutes } from './routes/nest-routes.js';
import type { InternalErrors } from '../internal-errors.js';
import { type CaptureSite, declaringModules, webhookFilter } from './webhook-filter.js';

/**
 * The application that capture is in: its routes, and which of its requests are webhooks. To be made before Nest registers
 * routes, when all modules are scanned.
 *
 * @param debugPath where our own routes are; `undefined`: there are none
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
