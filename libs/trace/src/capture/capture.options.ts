import type { TracedRequest } from '../context/traced-request.js';
import { requestValueOption, type RequestValue } from '../context/request-value.js';
import { isPlainObject } from '../model/objects.js';
import { badOption, booleanOption, listOption, numberOption, objectOption } from '../model/option-checks.js';
import type { Limits, RedactOptions } from '../serialize/serializer.js';
import { BUILT_IN_DIALECTS } from './dialects/built-in.js';
import type { Dialect } from './dialects/dialect.js';
import { type LogLevel, type LogsModuleOptions, type LogsOptions, resolveLogs } from './logs/logs.options.js';
import { type OutgoingModuleOptions, type OutgoingOptions, resolveOutgoing } from './outgoing/outgoing.options.js';
import { type ProviderRule, resolveProviders } from './providers/providers.options.js';

/** The framework's own request, as a route predicate and `capture.contactId` receive it. */
export type CapturedRequest = TracedRequest;

/** A path prefix (`/hooks` also matches `/hooks/x`), a RegExp for the path, or a predicate of the request. */
export type RouteRule = string | RegExp | ((request: CapturedRequest) => boolean);

/** A class of errors and its subclasses. */
export type IgnoredErrorClass = abstract new (...args: never[]) => unknown;

/** An error class, the name of one, or a predicate. */
export type IgnoreErrorRule = IgnoredErrorClass | string | ((error: unknown) => boolean);

/** When a trace ends, and whether a reply is expected. */
export interface LifecycleModuleOptions {
  /** Milliseconds without a record after which a trace with nothing open ends. Default: 1,000. */
  quietMs?: number;
  /** Milliseconds after which a trace ends as `timeout`, even if work is open. Default: 600,000 (10 minutes). */
  maxMs?: number;
  /**
   * Whether a message without a reply is a fault (`silent`). `true`: a reply is due by the end of the work;
   * `{ withinMs }`: the trace stays open for this many milliseconds and waits for one. Default: `false`.
   */
  expectReply?: boolean | { withinMs: number };
}

/** The `lifecycle` options with all defaults. */
export interface LifecycleOptions {
  /** Milliseconds without a record after which a trace with nothing open ends. */
  quietMs: number;
  /** Milliseconds after which a trace ends as `timeout`, even if work is open. */
  maxMs: number;
  /** `false`: a message without a reply is no fault. Else the milliseconds a reply may take; `Infinity`: until the trace ends. */
  replyWithinMs: number | false;
}

/** Which requests open a trace, and what is read from them. */
export interface CaptureModuleOptions {
  /**
   * Which requests open a trace: prefixes, RegExps or predicates. Prefixes and RegExps are compared with the request's path
   * and with the path that its route declares. A predicate is called once per request, after a handler was chosen (the body
   * is parsed by then), or when the request is over and no handler took it; one that throws is counted and matches nothing.
   * Default: any path with a segment that begins with `webhook`.
   */
  routes?: RouteRule | RouteRule[];
  /**
   * The sender's id: a function of the framework's own request with its parsed body, or where it is in the request, such
   * as `'body.customer.phone'`; of several places the first with a value is taken. Overrides the dialects. Default: none.
   *
   * @example
   * TraceModule.forRoot({ capture: { contactId: ['body.customer.phone', 'headers.x-contact'] } })
   */
  contactId?: RequestValue;
  /** The message's text: a function of the same request, or where it is. Overrides the dialects. Default: none. */
  message?: RequestValue;
  /** Senders' formats, in the order in which they are tried: built-in names, or your own. Default: all built-in ones. */
  dialects?: (string | Dialect)[];
  /** Keep request bodies, redacted. `false` keeps metadata only. Default: `true`. */
  bodies?: boolean;
  /**
   * Name of the response header with the trace id; `false` sends none. A trace id contains the contact's id, which may be
   * a phone number. A header of this name that the application sets is not changed. Default: `x-trace-id`.
   */
  responseHeader?: string | false;
  /**
   * Exceptions that are control flow: they become the event `control_flow`, and a span that one ends is `cancelled`, not
   * failed. A class also matches its subclasses, a name is compared with the error's `name`, a predicate that throws matches
   * nothing. They are added to the built-in ones: `HttpException` below 400, LangGraph's interrupts, BullMQ's `DelayedError`,
   * `WaitingError`, `WaitingChildrenError` and rate limit, aborts (not timeouts). Default: none.
   *
   * @example
   * TraceModule.forRoot({ capture: { ignoreErrors: [LeadAlreadyBooked, 'SkipMessage', (error) => error === CANCELLED] } })
   */
  ignoreErrors?: IgnoreErrorRule | IgnoreErrorRule[];
  /**
   * Outgoing HTTP calls inside a trace become spans; calls to known model APIs become `llm` spans, calls to known messaging
   * APIs also replies. `TRACE_CAPTURE_OUTGOING=off` turns this off without a change of code. Default: `true`.
   */
  outgoing?: boolean | OutgoingModuleOptions;
  /**
   * Lowest level of the log lines that are recorded inside a trace, or `{ level, console }`; `false`: none. Lines of Nest's
   * `Logger` and `ConsoleLogger` and of pino are recorded as far as the logger prints them. Default: `log` where `NODE_ENV`
   * is `development` or `test`, else `warn`.
   */
  logs?: LogLevel | false | LogsModuleOptions;
  /** Record the runs of the AI SDK, LangChain and LangGraph. Default: `true`. */
  ai?: boolean;
  /**
   * Providers, controllers excluded, of which every method becomes a span, as with `@Traced()` on the class. Default: none.
   *
   * @example
   * TraceModule.forRoot({ capture: { providers: [/Agent$/, { include: /Service$/, exclude: PrismaService }] } })
   */
  providers?: ProviderRule | ProviderRule[];
}

/** The options that capture works with: those of `capture`, `redact`, `limits` and `lifecycle`, with all defaults. */
export interface CaptureOptions {
  /** Empty: any path with a segment that begins with `webhook`. */
  routes: RouteRule[];
  contactId?: (request: CapturedRequest) => string | undefined;
  message?: (request: CapturedRequest) => string | undefined;
  dialects: Dialect[];
  bodies: boolean;
  /** Name of the response header with the trace id; `false`: none. */
  responseHeader: string | false;
  /** Errors that are control flow, in addition to the built-in ones. */
  ignoreErrors: IgnoreErrorRule[];
  /** `false`: outgoing calls are not recorded. */
  outgoing: OutgoingOptions | false;
  /** `false`: log lines are not recorded. */
  logs: LogsOptions | false;
  ai: boolean;
  providers: ProviderRule[];
  redact: RedactOptions;
  limits: Limits;
  lifecycle: LifecycleOptions;
  timeZone?: string;
}

/** @throws TraceCollectorError `OPTION_INVALID` for the first invalid option. */
export function resolveCapture(
  options?: CaptureModuleOptions,
  env: NodeJS.ProcessEnv = process.env,
): Omit<CaptureOptions, 'redact' | 'limits' | 'lifecycle' | 'timeZone'> {
  const given = objectOption('capture', options, [
    'routes',
    'contactId',
    'message',
    'dialects',
    'bodies',
    'responseHeader',
    'ignoreErrors',
    'outgoing',
    'logs',
    'ai',
    'providers',
  ]);
  return {
    routes: listOption<RouteRule>(
      'capture.routes',
      asList(given.routes),
      isRouteRule,
      'path prefixes, RegExps or predicates',
    ),
    contactId: requestValueOption('capture.contactId', given.contactId),
    message: requestValueOption('capture.message', given.message),
    dialects: resolveDialects(given.dialects),
    bodies: booleanOption('capture.bodies', given.bodies, true),
    responseHeader: headerName(given.responseHeader),
    ignoreErrors: [
      ...listOption<IgnoreErrorRule>(
        'capture.ignoreErrors',
        asList(given.ignoreErrors),
        (rule) => typeof rule === 'function' || (typeof rule === 'string' && rule.trim() !== ''),
        "error classes, names of errors such as 'RateLimitError', or predicates (error) => boolean",
      ),
    ],
    outgoing: resolveOutgoing(given.outgoing, env),
    logs: resolveLogs(given.logs, env),
    ai: booleanOption('capture.ai', given.ai, true),
    providers: resolveProviders(given.providers),
  };
}

function asList(given: unknown): unknown {
  return given === undefined || Array.isArray(given) ? given : [given];
}

function isRouteRule(rule: unknown): boolean {
  return typeof rule === 'function' || rule instanceof RegExp || (typeof rule === 'string' && rule !== '');
}

/** A field name of HTTP, or `false`. */
function headerName(given: unknown): string | false {
  if (given === undefined) return 'x-trace-id';
  if (given === false || (typeof given === 'string' && /^[!#$%&'*+.^_`|~\w-]{1,100}$/.test(given))) return given;
  throw badOption('capture.responseHeader', given, "the name of an HTTP header, such as 'x-webhook-trace', or false");
}

function resolveDialects(given: (string | Dialect)[] | undefined): Dialect[] {
  if (given === undefined) return [...BUILT_IN_DIALECTS];
  const names = BUILT_IN_DIALECTS.map((dialect) => dialect.name);
  const allowed = `${names.map((name) => `'${name}'`).join(', ')}, or your own { name, match, extract }`;
  const isDialect = (item: unknown) =>
    typeof item === 'string'
      ? names.includes(item)
      : isPlainObject(item) && typeof item.match === 'function' && typeof item.extract === 'function';
  return listOption<string | Dialect>('capture.dialects', given, isDialect, allowed).map((item) =>
    typeof item === 'string' ? BUILT_IN_DIALECTS.find((dialect) => dialect.name === item)! : item,
  );
}

const DAY_MS = 86_400_000;

/** @throws TraceCollectorError `OPTION_INVALID` for the first invalid option. */
export function resolveLifecycle(options?: LifecycleModuleOptions): LifecycleOptions {
  const given = objectOption('lifecycle', options, ['quietMs', 'maxMs', 'expectReply']);
  const unit = 'milliseconds';
  return {
    quietMs: numberOption('lifecycle.quietMs', given.quietMs, 1_000, { min: 0, max: DAY_MS, unit }),
    maxMs: numberOption('lifecycle.maxMs', given.maxMs, 600_000, { min: 1, max: 7 * DAY_MS, unit }),
    replyWithinMs: replyWithin(given.expectReply),
  };
}

function replyWithin(expectReply: LifecycleModuleOptions['expectReply']): number | false {
  if (expectReply === undefined || expectReply === false) return false;
  if (expectReply === true) return Number.POSITIVE_INFINITY;
  const { withinMs } = isPlainObject(expectReply)
    ? objectOption('lifecycle.expectReply', expectReply, ['withinMs'])
    : { withinMs: undefined };
  if (withinMs === undefined) throw badOption('lifecycle.expectReply', expectReply, 'true, false or { withinMs }');
  return numberOption('lifecycle.expectReply.withinMs', withinMs, 0, { min: 1, max: DAY_MS, unit: 'milliseconds' });
}
