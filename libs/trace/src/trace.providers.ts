import { randomFillSync } from 'node:crypto';
import { Logger, type Type } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { ApplicationWiring } from './application-wiring.js';
import { applicationSite } from './capture/http/webhook-filter.js';
import { type Capture, createCapture } from './capture/capture.js';
import { MessageCapture } from './capture/nest/message-capture.js';
import { RecordingState } from './capture/trace/recording-state.js';
import { InternalErrors } from './capture/internal-errors.js';
import { TraceInterceptor } from './capture/nest/trace.interceptor.js';
import type { RandomSource } from './capture/trace/id-generator.js';
import { WebhookCapture } from './capture/http/webhook-capture.js';
import { progressText } from './catalog/indexer/index-progress.js';
import type { IndexProgress } from './catalog/catalog.api.js';
import { sqliteHint } from './catalog/db/sqlite/sqlite.js';
import { applicationOf, unplacedCalls } from './context/applications.js';
import { DEBUG_PROVIDERS } from './debug/debug.controllers.js';
import { DEBUG_OPTIONS, TRACE_QUERIES } from './debug/debug.tokens.js';
import type { OwnProvider } from './guarded-provider.js';
import type { HeldStore } from './held-store.js';
import { forwardedQueries, inertQueries } from './inert-queries.js';
import { packageVersion } from './model/package-version.js';
import { type Clock, SystemClock } from './model/clock.js';
import { type ResolvedOptions, resolveOptions } from './options-resolver.js';
import { TraceQueryService } from './query/trace-query.js';
import type { TraceQueries } from './contract/trace-queries.js';
import { EmbeddedStore } from './store/embedded/embedded-store.js';
import type { StartGuard } from './start-guard.js';
import { TraceService } from './trace.service.js';
import { CAPTURE, CLOCK, GIVEN_OPTIONS, OPTIONS, RANDOM, START, STORE } from './trace.tokens.js';
import { defineEventTypes } from './views/events/event-types.js';

/**
 * All that one application has of ours, before it is guarded. A provider that could not be made is what its `inert`
 * returns; what depends on it fails then too, and so on up to what the application itself meets: the interceptor, the
 * service and the queries, which have an `inert` that does nothing or says why.
 */
export function ownProviders(): OwnProvider[] {
  return [
    { provide: OPTIONS, inject: [GIVEN_OPTIONS], useFactory: (given) => resolveOptions(given) },
    { provide: CLOCK, useFactory: () => new SystemClock(), inert: () => new SystemClock() },
    { provide: RANDOM, useFactory: (): RandomSource => randomFillSync, inert: () => randomFillSync },
    {
      provide: RecordingState,
      inject: [START],
      useFactory: ({ recording }: StartGuard) => recording,
      inert: ({ recording }: StartGuard) => recording,
    },
    { provide: STORE, inject: [OPTIONS, START], useFactory: openStore },
    {
      provide: CAPTURE,
      inject: [OPTIONS, STORE, CLOCK, RANDOM, RecordingState, ModulesContainer, ApplicationConfig],
      useFactory: makeCapture,
    },
    { provide: WebhookCapture, inject: [CAPTURE], useFactory: ({ webhooks }: Capture) => webhooks },
    { provide: MessageCapture, inject: [CAPTURE], useFactory: ({ messages }: Capture) => messages },
    { provide: InternalErrors, inject: [CAPTURE], useFactory: ({ internalErrors }: Capture) => internalErrors },
    {
      provide: TraceInterceptor,
      useClass: TraceInterceptor,
      inert: (): Pick<TraceInterceptor, 'intercept'> => ({ intercept: (_context, next) => next.handle() }),
    },
    {
      provide: TRACE_QUERIES,
      inject: [ModulesContainer, START, OPTIONS, STORE, CLOCK, InternalErrors],
      useFactory: (_modules, ...parts) => makeQueries(...(parts as Parameters<typeof makeQueries>)),
      inert: substituteQueries,
    },
    { provide: DEBUG_OPTIONS, inject: [OPTIONS], useFactory: ({ debug }: ResolvedOptions) => debug },
    ...(DEBUG_PROVIDERS as OwnProvider[]).map(withoutDebug),
    {
      provide: TraceService,
      inject: [ModulesContainer, TRACE_QUERIES],
      useFactory: (modules: ModulesContainer, queries: never) =>
        new TraceService(queries, () => applicationOf(modules)),
      inert: (start: StartGuard, modules: ModulesContainer) => serviceOf(modules, () => start.fault),
    },
    { provide: ApplicationWiring, useClass: ApplicationWiring, inert: hideDebug },
  ];
}

/** A `TraceService` of the module that records in this application; without one it only calls what it is given. */
export function serviceOf(modules: ModulesContainer, fault: () => string | undefined): TraceService {
  const none = inertQueries(() => fault() ?? WITHOUT_MODULE, packageVersion);
  const queries = forwardedQueries(() => applicationOf(modules)?.queries(), none);
  return new TraceService(queries as TraceQueries & TraceQueryService, () => applicationOf(modules));
}

const WITHOUT_MODULE =
  'Nothing is recorded in this application: TraceModule is not imported with `imports: [TraceModule.forRoot()]`.';

/** Without one of its parts nothing of `/debug` is served: a guard or a filter that is missing would change its answers. */
function withoutDebug(provider: OwnProvider): OwnProvider {
  return typeof provider === 'function'
    ? { provide: provider, useClass: provider as Type, inert: hideDebug }
    : { ...provider, inert: hideDebug };
}

function hideDebug(start: StartGuard): void {
  start.hideDebug();
}

function openStore({ store, storage, retention }: ResolvedOptions, start: StartGuard): HeldStore {
  if (store) return { store };
  const hint = sqliteHint();
  if (hint?.missing) start.warn(hint.text);
  else if (hint) start.log(hint.text);
  return { store: EmbeddedStore.open({ ...storage, retention, onBuilding: logBuilding }) };
}

/** At the level `debug`: the log of the start has lines about recording only, and a dashboard shows the progress too. */
function logBuilding(progress: IndexProgress): void {
  new Logger('TraceModule').debug(progressText(progress));
}

function makeCapture(
  options: ResolvedOptions,
  { store }: HeldStore,
  clock: Clock,
  random: RandomSource,
  recording: RecordingState,
  modules: ModulesContainer,
  config: ApplicationConfig,
): Capture {
  const { debug, capture } = options;
  const site = applicationSite(capture.routes, debug.enabled ? debug.path : undefined, modules, config);
  return createCapture(capture, store.sink, clock, site, random, recording);
}

function makeQueries(
  start: StartGuard,
  options: ResolvedOptions,
  { store }: HeldStore,
  clock: Clock,
  internalErrors: InternalErrors | undefined,
): TraceQueryService {
  return new TraceQueryService({
    store,
    eventTypes: defineEventTypes(options.eventTypes),
    hints: options.hints,
    timeZone: options.timeZone,
    clock,
    version: packageVersion(),
    sourceRoot: process.cwd(),
    internalErrors: () => internalErrors?.count ?? 0,
    problems: () => [...(start.fault === undefined ? [] : [`${start.fault}.`]), ...unplaced()],
  });
}

function substituteQueries(start: StartGuard, modules: ModulesContainer): object {
  const none = inertQueries(() => start.fault ?? WITHOUT_MODULE, packageVersion);
  return start.duplicate ? forwardedQueries(() => applicationOf(modules)?.queries(), none) : none;
}

function unplaced(): string[] {
  const calls = unplacedCalls();
  if (calls === 0) return [];
  return [
    `${calls} ${calls === 1 ? 'call' : 'calls'} of runInTrace outside every trace were not recorded, because several ` +
      'applications run in this process. Inject TraceService and call its runInTrace.',
  ];
}
