import type { CanActivate, InjectionToken, ModuleMetadata, OptionalFactoryDependency, Type } from '@nestjs/common';
import type { CapturedRequest, RouteRule } from './capture/capture.options.js';
import type { Dialect } from './capture/dialects/dialect.js';
import type { IgnoreErrorRule } from './capture/trace/ignore-errors.js';
import type { Limits } from './serialize/limits.js';
import type { RedactOptions } from './serialize/redact/redaction.js';
import type { RecordConsumer } from './pipeline/record-consumer.js';
import type { TraceStore } from './store/port.js';
import type { EventTypeDefinition } from './views/events/event-types.js';
import type { HintRule } from './views/hints/hints.js';

/** Options of `TraceModule.forRoot`. All are optional; a bad one fails at start-up with an error that names it. */
export interface TraceModuleOptions {
  capture?: CaptureModuleOptions;
  /** Added to the built-in redaction rules; nothing switches those off. */
  redact?: RedactOptions;
  /** How much of one value, and of one trace, is kept. */
  limits?: Partial<Limits>;
  lifecycle?: LifecycleModuleOptions;
  /** Where traces are kept: a directory, or a store of your own. Default: `{ dir: TRACE_DIR ?? '.traces' }`. */
  storage?: StorageOptions | TraceStore;
  retention?: RetentionOptions;
  /** Consumers of your own: each receives every record of the journal, outside of requests. Default: none. */
  consumers?: RecordConsumer[];
  debug?: DebugModuleOptions;
  /** How your own event types are shown and what they add to the summary, by type; added to the lead-agent vocabulary. */
  eventTypes?: Record<string, EventTypeDefinition>;
  /** Hint rules of your own, asked after the built-in ones. */
  hints?: HintRule[];
  /** IANA zone of timeline stamps and of trace ids. Default: the process's. */
  timeZone?: string;
}

export interface CaptureModuleOptions {
  /**
   * Which requests open a trace: prefixes, RegExps or predicates. Prefixes and RegExps are compared with the request's path
   * and with the path that its route declares. A predicate is called once per request, after a handler was chosen (the body
   * is parsed by then), or when the request is over and no handler took it; one that throws is counted and takes nothing.
   * Default: any path with a segment that begins with `webhook`.
   */
  routes?: RouteRule | RouteRule[];
  /** Who wrote; wins over the dialects. Given the framework's own request, with its parsed body. */
  contactId?: (request: CapturedRequest) => string | undefined;
  /** What they wrote; wins over the dialects. */
  message?: (request: CapturedRequest) => string | undefined;
  /** Which senders' formats are understood, in the order they are asked: built-in names, or your own. Default: all built-in ones. */
  dialects?: (string | Dialect)[];
  /** Keep request bodies, redacted. `false` keeps metadata only. Default: `true`. */
  bodies?: boolean;
  /**
   * Name of the response header that carries the trace id; `false` sends none. A trace id contains the contact's id, which
   * may be a phone number. A header of that name that the application sets is left alone. Default: `x-trace-id`.
   */
  responseHeader?: string | false;
  /**
   * Exceptions that are control flow: they become the event `control_flow`, and a span that one ends is `cancelled`, not
   * failed. A class takes its subclasses too, a name is compared with the error's `name`, a predicate that throws ignores
   * nothing. Added to the built-in ones: `HttpException` below 400, LangGraph's interrupts, BullMQ's `DelayedError`,
   * `WaitingError`, `WaitingChildrenError` and rate limit, aborts (not timeouts). Default: none.
   *
   * @example
   * TraceModule.forRoot({ capture: { ignoreErrors: [LeadAlreadyBooked, 'SkipMessage', (error) => error === CANCELLED] } })
   */
  ignoreErrors?: IgnoreErrorRule | IgnoreErrorRule[];
}

export interface LifecycleModuleOptions {
  /** Milliseconds without an event after which a trace with nothing open is over. Default: 1,000. */
  quietMs?: number;
  /** Milliseconds after which a trace ends as `timeout` although work is open. Default: 600,000 (10 minutes). */
  maxMs?: number;
  /**
   * Whether a message that nobody answered is a fault (`silent`). `true`: a reply is due by the end of the work;
   * `{ withinMs }`: the trace stays open that long for one. Default: `false`.
   */
  expectReply?: boolean | { withinMs: number };
}

export interface StorageOptions {
  /** Default: `TRACE_DIR`, else `.traces` in the working directory. */
  dir?: string;
  /** What an acknowledged event survives: `process` the death of the process, `fsync` (within 500 ms) of the machine. Default: `process`. */
  durability?: 'process' | 'fsync';
}

export interface RetentionOptions {
  /** Milliseconds, or `7d`. Default: 7 days. */
  maxAge?: number | string;
  /** Bytes, or `1GiB`. Default: 1 GiB. */
  maxBytes?: number | string;
  /** How long traces with errors are kept. Default: 30 days. */
  errorMaxAge?: number | string;
}

export interface DebugModuleOptions {
  /** Where the debug routes are served, under the application's global prefix. Default: `debug`. */
  path?: string;
  /** `loopback`: answer this machine without a token whatever `NODE_ENV` is. Default: only in `development` and `test`. */
  access?: 'loopback';
  /** The token that opens `/debug`. In production at least 32 characters. Default: one is made and kept in `<dir>/debug-token`, except in production. */
  token?: string;
  /** Guards of your own, instead of the token: classes or instances. */
  guards?: (Type<CanActivate> | CanActivate)[];
  /**
   * Class decorators for our controllers, for what stands before every route of the application and asks for metadata:
   * `Public()` for a global JWT guard, `SkipThrottle({ burst: true })`, `ApiExcludeController()`. Metadata only: guards
   * belong into `guards`.
   */
  decorators?: ClassDecorator[];
  /** `false` serves no debug routes at all. Default: `true`. */
  enabled?: boolean;
}

/** For `useClass` and `useExisting`. */
export interface TraceOptionsFactory {
  createTraceOptions(): TraceModuleOptions | Promise<TraceModuleOptions>;
}

export interface TraceModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  inject?: (InjectionToken | OptionalFactoryDependency)[];
  useFactory?: (...args: any[]) => TraceModuleOptions | Promise<TraceModuleOptions>; // eslint-disable-line typescript/no-explicit-any -- Nest's own signature: what `inject` names arrives untyped
  useClass?: Type<TraceOptionsFactory>;
  useExisting?: InjectionToken;
}
