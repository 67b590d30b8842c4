import { type AlertsOptions, type ResolvedAlerts, resolveAlerts } from './alerts/alerts.options.js';
import type { InjectionToken, ModuleMetadata, OptionalFactoryDependency, Type } from '@nestjs/common';
import {
  type CaptureModuleOptions,
  type CaptureOptions,
  type LifecycleModuleOptions,
  resolveCapture,
  resolveLifecycle,
} from './capture/capture.options.js';
import { type CostOptions, resolveCost } from './catalog/pricing/cost.options.js';
import { type DebugModuleOptions, type ResolvedDebugOptions, resolveDebug } from './debug/debug.options.js';
import { type RetentionOptions, resolveRetention } from './maintenance/retention.options.js';
import { badOption, listOption, objectOption, textOption } from './model/option-checks.js';
import { ZonedStamp } from './model/trace-id.js';
import { type OtlpOptions, type ResolvedOtlp, resolveOtlp } from './otlp/otlp.options.js';
import { resolveConsumers } from './pipeline/consumers.options.js';
import type { RecordConsumer } from './pipeline/record-consumer.js';
import { type Limits, type RedactOptions, resolveLimits, resolveRedact } from './serialize/serializer.js';
import type { SharedRetention } from './shared/ship-target.js';
import type { TraceStore } from './store/port.js';
import { type ResolvedStorage, type StorageOptions, resolveStorage } from './store/storage.options.js';
import type { EventTypeDefinition } from './views/events/event-type.js';
import { resolveEventTypes } from './views/events/event-types.js';
import type { HintRule } from './views/hints/hints.js';

/**
 * Options of `TraceModule.forRoot`. All are optional. An invalid one fails at start with a `TraceCollectorError` of code
 * `OPTION_INVALID`, whose message has the option's name, its value and the allowed values.
 */
export interface TraceModuleOptions {
  /**
   * Which requests open a trace, and what is read from them. Default: any path with a segment that begins with `webhook`;
   * the contact and the message are found by the sender's format.
   *
   * @example
   * TraceModule.forRoot({ capture: { routes: ['/messages'], contactId: 'body.customer.phone' } })
   */
  capture?: CaptureModuleOptions;
  /**
   * Redaction rules of your own. They are added to the built-in ones, which cannot be switched off. Default: none.
   *
   * @example
   * TraceModule.forRoot({ redact: { keys: ['curp'], content: 'none' } })
   */
  redact?: RedactOptions;
  /**
   * Sizes at which one value, and one trace, is truncated. Defaults: see `Limits`.
   *
   * @example
   * TraceModule.forRoot({ limits: { maxStringLength: 20_000 } })
   */
  limits?: Partial<Limits>;
  /**
   * When a trace ends, and whether a reply is expected. Default: one second without a record, at most 10 minutes, no reply
   * expected.
   *
   * @example
   * TraceModule.forRoot({ lifecycle: { expectReply: { withinMs: 60_000 } } })
   */
  lifecycle?: LifecycleModuleOptions;
  /**
   * Where traces are kept: a directory, a database that instances share, or a store of your own. Default:
   * `{ dir: TRACE_DIR ?? '.traces' }`.
   *
   * @example
   * TraceModule.forRoot({ storage: { dir: '/var/lib/my-bot/traces', durability: 'fsync' } })
   */
  storage?: StorageOptions | TraceStore;
  /**
   * How long traces are kept, and how many bytes of them. Default: 7 days, errors 30 days, 1 GiB; the environment variables
   * `TRACE_MAX_AGE`, `TRACE_ERROR_MAX_AGE` and `TRACE_MAX_BYTES` replace these.
   *
   * @example
   * TraceModule.forRoot({ retention: { maxAge: '14d', maxBytes: '512MiB' } })
   */
  retention?: RetentionOptions;
  /**
   * Prices of model calls. Default: those that the provider reports, and a kept list.
   *
   * @example
   * TraceModule.forRoot({ cost: { prices: { 'my-model': { input: 0.2, output: 0.8 } } } })
   */
  cost?: CostOptions;
  /** Consumers of your own: each receives every record of the journal, outside of requests. Default: none. */
  consumers?: RecordConsumer[];
  /** What is reported to people, when, and where: new errors, silent contacts, cost. Default: nothing. */
  alerts?: AlertsOptions;
  /**
   * OpenTelemetry's OTLP: where ended traces are sent, and what is done with spans that arrive. Default: nothing is sent.
   *
   * @example
   * TraceModule.forRoot({ otlp: { url: 'http://localhost:4318', resource: { 'service.name': 'sales-bot' } } })
   */
  otlp?: OtlpOptions;
  /**
   * Where the debug routes are served, and who may call them. Default: below `/debug`; without a token for callers on this
   * machine in development, with one elsewhere, and off in production until a token is set.
   *
   * @example
   * TraceModule.forRoot({ debug: { token: process.env.DEBUG_TOKEN } })
   */
  debug?: DebugModuleOptions;
  /**
   * How your own event types are shown and what they add to the summary, by type. They are added to the built-in ones, or
   * replace single members of them. Default: none.
   */
  eventTypes?: Record<string, EventTypeDefinition>;
  /** Hint rules of your own, called after the built-in ones. Default: none. */
  hints?: HintRule[];
  /** IANA time zone of timeline stamps and of trace ids. Default: the process's. */
  timeZone?: string;
}

/** A class that makes the options, for `forRootAsync({ useClass })` and `forRootAsync({ useExisting })`. */
export interface TraceOptionsFactory {
  createTraceOptions(): TraceModuleOptions | Promise<TraceModuleOptions>;
}

/** Options of `TraceModule.forRootAsync`: exactly one of `useFactory`, `useClass` and `useExisting`. */
export interface TraceModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  /** What `useFactory` receives, in this order. */
  inject?: (InjectionToken | OptionalFactoryDependency)[];
  /** Returns the options. */
  useFactory?: (...args: any[]) => TraceModuleOptions | Promise<TraceModuleOptions>; // eslint-disable-line typescript/no-explicit-any -- Nest's own signature: what `inject` names arrives untyped
  /** A class of which this module makes an instance. */
  useClass?: Type<TraceOptionsFactory>;
  /** A provider that one of `imports` exports. */
  useExisting?: InjectionToken;
}

/** All options with their defaults. Only `resolveOptions` reads the environment. */
export interface ResolvedOptions {
  capture: CaptureOptions;
  storage: ResolvedStorage;
  retention: ReturnType<typeof resolveRetention>;
  /** How long a shared store keeps traces. */
  sharedRetention: SharedRetention;
  cost: ReturnType<typeof resolveCost>;
  consumers: RecordConsumer[];
  /** `undefined`: there are none. */
  alerts: ResolvedAlerts | undefined;
  otlp: ResolvedOtlp;
  debug: ResolvedDebugOptions;
  eventTypes: Record<string, EventTypeDefinition>;
  hints: HintRule[];
  timeZone: string | undefined;
}

/**
 * Validates the options and adds the defaults. Each room resolves its own.
 * @throws TraceCollectorError `OPTION_INVALID` for the first invalid one.
 */
export function resolveOptions(
  options: TraceModuleOptions = {},
  env: NodeJS.ProcessEnv = process.env,
): ResolvedOptions {
  const given = objectOption('', options, [
    'capture',
    'redact',
    'limits',
    'lifecycle',
    'storage',
    'retention',
    'cost',
    'consumers',
    'alerts',
    'otlp',
    'debug',
    'eventTypes',
    'hints',
    'timeZone',
  ]);
  const timeZone = resolveTimeZone(given.timeZone);
  const storage = resolveStorage(given.storage, env);
  const canPrune = !storage.store || storage.store.admin?.prune !== undefined;
  const retention = resolveRetention(given.retention, canPrune, env);
  // A database is not a disk that fills up under the application: it has a size limit only where one is wanted.
  const maxBytes = given.retention?.maxBytes === undefined && !env.TRACE_MAX_BYTES ? undefined : retention.maxBytes;
  const alerts = resolveAlerts(given.alerts);
  const otlp = resolveOtlp(
    given.otlp,
    env,
    storage.store ? undefined : (given.storage as StorageOptions | undefined)?.service,
  );
  return {
    capture: {
      ...resolveCapture(given.capture, env),
      redact: resolveRedact(given.redact),
      limits: resolveLimits(given.limits),
      lifecycle: resolveLifecycle(given.lifecycle),
      timeZone,
    },
    storage,
    retention,
    sharedRetention: { ...retention, maxBytes },
    cost: resolveCost(given.cost),
    consumers: resolveConsumers(given.consumers, [...(alerts ? ['alerts'] : []), ...(otlp.send ? ['otlp'] : [])]),
    alerts,
    otlp,
    debug: resolveDebug(given.debug, storage.dir, env),
    eventTypes: resolveEventTypes(given.eventTypes),
    hints: listOption('hints', given.hints, (rule) => typeof rule === 'function', 'functions of a trace'),
    timeZone,
  };
}

function resolveTimeZone(given: unknown): string | undefined {
  const name = textOption('timeZone', given);
  if (name === undefined) return undefined;
  try {
    return new ZonedStamp(name).timeZone && name;
  } catch {
    throw badOption('timeZone', given, "an IANA time zone such as 'Europe/Madrid' or 'UTC'");
  }
}
