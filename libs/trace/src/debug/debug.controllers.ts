import { Controller, VERSION_NEUTRAL } from '@nestjs/common';
import type { InjectionToken, Provider, Type } from '@nestjs/common';
import { TraceCollectorError } from '../model/errors.js';
import { OWN_CONTROLLER } from '../model/own-controller.js';
import { accessMode } from './access/access-mode.js';
import { AccessGuard } from './access/access.guard.js';
import { DebugAccess } from './access/debug-access.js';
import { ExportController } from './controllers/export.controller.js';
import { McpController } from './controllers/mcp.controller.js';
import { MetricsController } from './controllers/metrics.controller.js';
import { OtlpController } from './controllers/otlp.controller.js';
import { PageController } from './controllers/page.controller.js';
import { QuestionsController } from './controllers/questions.controller.js';
import { StreamController } from './controllers/stream.controller.js';
import type { ResolvedDebugOptions } from './debug.options.js';
import { guardedController } from './guarded-controller.js';
import { DebugExceptionFilter, DebugReply } from './http/debug-reply.js';
import { LoginFilter } from './page/login.filter.js';
import { PageAssets } from './page/page-assets.js';
import { McpEndpoint } from './mcp/mcp-endpoint.js';
import { OtlpEndpoint } from './otlp/otlp-endpoint.js';
import { DebugStreams } from './stream/debug-streams.js';

const CONTROLLERS: Type[] = [
  PageController,
  QuestionsController,
  ExportController,
  MetricsController,
  StreamController,
  McpController,
  OtlpController,
];

/** Providers of the controllers besides `TRACE_QUERIES` and `DEBUG_OPTIONS`. */
export const DEBUG_PROVIDERS: Provider[] = [
  DebugAccess,
  DebugReply,
  DebugStreams,
  McpEndpoint,
  OtlpEndpoint,
  AccessGuard,
  DebugExceptionFilter,
  LoginFilter,
  { provide: PageAssets, useFactory: () => new PageAssets() },
];

/**
 * The controllers for one module. Classes of their own each time: the path is metadata of a class, and two applications
 * in one process may want two.
 *
 * @param path path below the application's global prefix, in every version of a versioned API
 * @param guard the provider that constructs them; a controller that cannot be constructed has no routes. Default: none
 */
export function createDebugControllers(path: string, guard?: InjectionToken, bases: Type[] = CONTROLLERS): Type[] {
  const controllers = bases.map((base) => {
    const controller = guard === undefined ? class extends base {} : guardedController(base, guard);
    Object.defineProperty(controller, 'name', { value: base.name });
    Reflect.defineMetadata(OWN_CONTROLLER, true, controller);
    return controller;
  });
  setDebugPath(controllers, path);
  return controllers;
}

/**
 * Moves controllers to another path; `undefined` removes their routes. Works until Nest creates its routes, so in any
 * provider that its module awaits.
 */
export function setDebugPath(controllers: readonly Type[], path: string | undefined): void {
  const paths = path === undefined ? [] : path.replace(/^\/+|\/+$/g, '');
  for (const controller of controllers) Controller({ path: paths, version: VERSION_NEUTRAL })(controller);
}

/**
 * Mounts the controllers as the options say. Where no caller has access (production with neither token nor guards), there
 * are no routes: the application answers with its own 404, in the shape of its filters.
 */
export function mountDebug(controllers: readonly Type[], options: ResolvedDebugOptions): void {
  for (const controller of controllers) decorateController(controller, options.decorators ?? []);
  setDebugPath(controllers, accessMode(options) === 'off' ? undefined : options.path);
}

/** Nest's metadata key of a class's guards. */
const GUARDS_METADATA = '__guards__';

/** Throws for a decorator that adds a guard: Nest has collected the guards by now and would ignore it silently. */
function decorateController(controller: Type, decorators: readonly ClassDecorator[]): void {
  const guards = Reflect.getMetadata(GUARDS_METADATA, controller) as unknown;
  for (const decorate of decorators) decorate(controller);
  if (Reflect.getMetadata(GUARDS_METADATA, controller) === guards) return;
  throw new TraceCollectorError(
    'OPTION_INVALID',
    'TraceModule option `debug.decorators` has a decorator that adds a guard; allowed: decorators that set metadata, and guards in `debug.guards`',
  );
}
