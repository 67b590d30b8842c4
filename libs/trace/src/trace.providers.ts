import { randomFillSync } from 'node:crypto';
import { Logger, type Type } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { ALERTS_CLOSE_MS } from './alerts/alerts.js';
import { ApplicationWiring } from './application-wiring.js';
import { applicationSite } from './capture/http/webhook-filter.js';
import { type Capture, createCapture } from './capture/capture.js';
import { MessageCapture } from './capture/nest/message-capture.js';
import { type TracedProviders, traceProviders } from './capture/providers/trace-providers.js';
import { RecordingState } from './capture/trace/recording-state.js';
import { InternalErrors } from './capture/internal-errors.js';
import { TraceInterceptor } from './capture/nest/trace.interceptor.js';
import type { RandomSource } from './capture/trace/id-generator.js';
import { WebhookCapture } from './capture/http/webhook-capture.js';
import { progressText, type IndexProgress } from './catalog/catalog.api.js';
import { sqliteHint } from './catalog/db/sqlite/sqlite.js';
import { applicationOf, unplacedCalls } from './context/applications.js';
import { DEBUG_PROVIDERS } from './debug/debug.controllers.js';
import { DEBUG_OPTIONS, SPAN_RECEIVER, TRACE_QUERIES } from './debug/debug.tokens.js';
import type { OwnProvider } from './guarded-provider.js';
import { OTLP_CLOSE_MS } from './held-otlp.js';
import { holdStore, type HeldStore } from './held-store.js';
import { forwardedQueries, inertQueries } from './inert-queries.js';

import { SpanReceiver } from './otel/receive/span-receiver.js';
import { packageVersion } from './model/package-version.js';
import { type Clock, SystemClock } from './model/clock.js';
import { type ResolvedOptions, resolveOptions } from './trace.options.js';
import { TraceQueryService } from './query/trace-query.js';
import type { TraceQueries } from './contract/trace-queries.js';
import type { StartGuard } from './start-guard.js';
import { TraceHealthIndicator } from './trace-health.indicator.js';
import { TraceService } from './trace.service.js';
import {
  CAPTURE,
  CLOCK,
  GIVEN_OPTIONS,
  OPTIONS,
  RANDOM,
  ROOT_MARK,
  START,
  STORE,
  TRACED_PROVIDERS,
} from './trace.tokens.js';
import { defineEventTypes } from './views/events/event-types.js';

/**
 * The providers of one application, before they are guarded. A provider that cannot be made is replaced by the result of its
 * `inert`. Providers that depend on it then fail too, up to those that the application itself uses: the interceptor, the
 * service and the queries, whose `inert` does nothing or has the reason.
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
    { provide: STORE, inject: [OPTIONS, START, CLOCK], useFactory: openStore },
    {
      provide: CAPTURE,
      inject: [OPTIONS, STORE, CLOCK, RANDOM, RecordingState, ModulesContainer, ApplicationConfig],
      useFactory: makeCapture,
    },
    { provide: TRACED_PROVIDERS, inject: [OPTIONS, CAPTURE, ModulesContainer], useFactory: tracedProviders },
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
      inject: [ModulesContainer, START, OPTIONS, STORE, CLOCK, InternalErrors, SPAN_RECEIVER],
      useFactory: (_modules, ...parts) => makeQueries(...(parts as Parameters<typeof makeQueries>)),
      inert: substituteQueries,
    },
    { provide: DEBUG_OPTIONS, inject: [OPTIONS], useFactory: ({ debug }: ResolvedOptions) => debug },
    { provide: SPAN_RECEIVER, inject: [OPTIONS, CAPTURE, START], useFactory: spanReceiver, inert: () => undefined },
    ...(DEBUG_PROVIDERS as OwnProvider[]).map(withoutDebug),
    {
      provide: TraceService,
      inject: [ModulesContainer, TRACE_QUERIES],
      useFactory: (modules: ModulesContainer, queries: never) =>
        new TraceService(queries, () => applicationOf(modules)),
      inert: (start: StartGuard, modules: ModulesContainer) => serviceOf(modules, () => start.fault),
    },
    {
      provide: TraceHealthIndicator,
      inject: [TRACE_QUERIES],
      useFactory: (queries: TraceQueries) => new TraceHealthIndicator(queries),
      inert: (start: StartGuard) =>
        new TraceHealthIndicator(inertQueries(() => start.fault ?? WITHOUT_MODULE, packageVersion) as TraceQueries),
    },
    { provide: ApplicationWiring, useClass: ApplicationWiring, inert: hideDebug },
  ];
}

/** The `TraceService` of the application. Without a module that records, it only calls the functions it is given. */
export function serviceOf(modules: ModulesContainer, fault: () => string | undefined): TraceService {
  const none = inertQueries(() => fault() ?? WITHOUT_MODULE, packageVersion);
  const queries = forwardedQueries(() => applicationOf(modules)?.queries(), none);
  return new TraceService(queries as TraceQueries & TraceQueryService, () => applicationOf(modules));
}

const WITHOUT_MODULE =
  'Nothing is recorded in this application: TraceModule is not imported with `imports: [TraceModule.forRoot()]`.';

/** If one part is missing, `/debug` is not served: a missing guard or filter would change its answers. */
function withoutDebug(provider: OwnProvider): OwnProvider {
  return typeof provider === 'function'
    ? { provide: provider, useClass: provider as Type, inert: hideDebug }
    : { ...provider, inert: hideDebug };
}

function hideDebug(start: StartGuard): void {
  start.hideDebug();
}

/** Time to close everything else than the shipper, in milliseconds. */
const CLOSE_MARGIN_MS = 5_000;

function openStore(options: ResolvedOptions, start: StartGuard, clock: Clock): HeldStore {
  const hint = sqliteHint();
  if (hint?.missing) start.warn(hint.text);
  else if (hint) start.log(hint.text);
  const closeMs = options.storage.shared?.closeMs ?? 0;
  // Shipping the rest is part of the end of the application.
  start.allowForHooks(
    closeMs + CLOSE_MARGIN_MS + (options.alerts ? ALERTS_CLOSE_MS : 0) + (options.otlp.send ? OTLP_CLOSE_MS : 0),
  );
  return holdStore(options, {
    clock,
    onIndexProgress: logBuilding,
    log: (line) => start.log(line),
    warn: (line) => start.warn(line),
  });
}

/** At the level `debug`: the log of the start has lines about recording only, and a dashboard shows the progress too. */
function logBuilding(progress: IndexProgress): void {
  new Logger('TraceModule').debug(progressText(progress));
}

function makeCapture(
  options: ResolvedOptions,
  { sink }: HeldStore,
  clock: Clock,
  random: RandomSource,
  recording: RecordingState,
  modules: ModulesContainer,
  config: ApplicationConfig,
): Capture {
  const { debug, capture } = options;
  const site = applicationSite(capture.routes, debug.enabled ? debug.path : undefined, modules, config);
  return createCapture(capture, sink, clock, site, random, recording);
}

function spanReceiver({ otlp }: ResolvedOptions, capture: Capture | undefined, start: StartGuard): SpanReceiver {
  return new SpanReceiver(() => (start.recording.on ? capture?.recorder : undefined), otlp.orphans);
}

/** Changes the classes while Nest makes instances, before any hook of the application runs. */
function tracedProviders(
  { capture }: ResolvedOptions,
  made: Capture | undefined,
  modules: ModulesContainer,
): TracedProviders | undefined {
  return made && traceProviders(capture.providers, modules, made.recorder, (module) => module.providers.has(ROOT_MARK));
}

function makeQueries(
  start: StartGuard,
  options: ResolvedOptions,
  { store, localHealth, consumers, own, alerts, metrics, otlp }: HeldStore,
  clock: Clock,
  internalErrors: InternalErrors | undefined,
  receiver: SpanReceiver | undefined,
): TraceQueryService {
  return new TraceQueryService({
    store,
    localHealth,
    own,
    eventTypes: defineEventTypes(options.eventTypes),
    hints: options.hints,
    timeZone: options.timeZone,
    clock,
    version: packageVersion(),
    sourceRoot: process.cwd(),
    resource: options.otlp.resource,
    internalErrors: () => internalErrors?.count ?? 0,
    consumers: () => consumers?.states(),
    otlp: () => otlp?.health(),
    received: () => receiver?.health(),
    alerts,
    counters: metrics && (() => metrics.families()),
    problems: () => [
      ...(start.fault === undefined ? [] : [`${start.fault}.`]),
      ...unplaced(),
      ...(consumers?.problems() ?? []),
      ...(alerts?.problems() ?? []),
      ...(otlp?.problems() ?? []),
    ],
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
