import { resolve } from 'node:path';
import type { CaptureOptions, LifecycleOptions, RouteRule } from './capture/capture.options.js';
import { BUILT_IN_DIALECTS } from './capture/dialects/built-in.js';
import type { Dialect } from './capture/dialects/dialect.js';
import { DEFAULT_LIMITS, MIN_LIMITS, type Limits } from './serialize/limits.js';
import type { IgnoreErrorRule } from './capture/trace/ignore-errors.js';
import { parsePath } from './serialize/redact/redact-paths.js';
import type { RedactOptions } from './serialize/redact/redaction.js';
import type { ResolvedDebugOptions } from './debug/debug.tokens.js';
import { trimSlashes } from './capture/http/routes/route-rules.js';
import { TraceCollectorError } from './model/errors.js';
import { ZonedStamp } from './model/trace-id.js';
import {
  badOption,
  booleanOption,
  durationOption,
  functionOption,
  listOption,
  numberOption,
  objectOption,
  oneOf,
  sizeOption,
  textOption,
} from './option-checks.js';
import type { TraceStore } from './store/port.js';
import type {
  CaptureModuleOptions,
  DebugModuleOptions,
  LifecycleModuleOptions,
  RetentionOptions,
  StorageOptions,
  TraceModuleOptions,
} from './trace.options.js';
import type { EventTypeDefinition } from './views/events/event-types.js';
import type { HintRule } from './views/hints/hints.js';

/** Options with every default in place: what the rest of the code is given, and nothing else reads the environment. */
export interface ResolvedOptions {
  capture: CaptureOptions;
  storage: { dir: string; durability: 'process' | 'fsync' };
  /** A store of the application's own; `storage.dir` has the journal and the debug token. */
  store: TraceStore | undefined;
  retention: { maxAgeMs: number; maxBytes: number; errorMaxAgeMs: number };
  debug: ResolvedDebugOptions;
  eventTypes: Record<string, EventTypeDefinition>;
  hints: HintRule[];
  timeZone: string | undefined;
}

const DAY_MS = 86_400_000;

/**
 * Validates and completes the options, once.
 * @throws TraceCollectorError `OPTION_INVALID` for the first bad one, with its name, its value and what is allowed.
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
    'debug',
    'eventTypes',
    'hints',
    'timeZone',
  ]);
  const timeZone = zone(given.timeZone);
  const store = isStore(given.storage) ? given.storage : undefined;
  const storage = resolveStorage(store ? undefined : (given.storage as StorageOptions | undefined), env);
  return {
    capture: {
      ...resolveCapture(given.capture),
      redact: resolveRedact(given.redact),
      limits: resolveLimits(given.limits),
      lifecycle: resolveLifecycle(given.lifecycle),
      timeZone,
    },
    storage,
    store,
    retention: resolveRetention(given.retention, store),
    debug: resolveDebug(given.debug, storage.dir, env),
    eventTypes: resolveEventTypes(given.eventTypes),
    hints: listOption('hints', given.hints, (rule) => typeof rule === 'function', 'functions of a trace'),
    timeZone,
  };
}

function resolveCapture(options?: CaptureModuleOptions) {
  const given = objectOption('capture', options, [
    'routes',
    'contactId',
    'message',
    'dialects',
    'bodies',
    'responseHeader',
    'ignoreErrors',
  ]);
  const routes = given.routes === undefined || Array.isArray(given.routes) ? given.routes : [given.routes];
  return {
    routes: listOption<RouteRule>(
      'capture.routes',
      routes,
      (rule) => typeof rule === 'function' || rule instanceof RegExp || (typeof rule === 'string' && rule !== ''),
      'path prefixes, RegExps or predicates',
    ),
    contactId: functionOption('capture.contactId', given.contactId),
    message: functionOption('capture.message', given.message),
    dialects: resolveDialects(given.dialects),
    bodies: booleanOption('capture.bodies', given.bodies, true),
    responseHeader: headerName(given.responseHeader),
    ignoreErrors: resolveIgnoreErrors(given.ignoreErrors),
  };
}

function resolveIgnoreErrors(given: CaptureModuleOptions['ignoreErrors']): IgnoreErrorRule[] {
  const rules = given === undefined || Array.isArray(given) ? given : [given];
  return [
    ...listOption<IgnoreErrorRule>(
      'capture.ignoreErrors',
      rules,
      (rule) => typeof rule === 'function' || (typeof rule === 'string' && rule.trim() !== ''),
      "error classes, names of errors such as 'RateLimitError', or predicates (error) => boolean",
    ),
  ];
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
      : isObject(item) && typeof item.match === 'function' && typeof item.extract === 'function';
  return listOption<string | Dialect>('capture.dialects', given, isDialect, allowed).map((item) =>
    typeof item === 'string' ? BUILT_IN_DIALECTS.find((dialect) => dialect.name === item)! : item,
  );
}

function resolveRedact(options?: RedactOptions): RedactOptions {
  const given = objectOption('redact', options, ['keys', 'patterns', 'paths', 'content']);
  return {
    keys: listOption('redact.keys', given.keys, (k) => isText(k) || k instanceof RegExp, 'names or RegExps'),
    patterns: listOption('redact.patterns', given.patterns, (item) => item instanceof RegExp, 'RegExps'),
    paths: listOption('redact.paths', given.paths, isPath, PATHS),
    content: oneOf<'full' | 'none'>('redact.content', given.content, 'full', ['full', 'none']),
  };
}

const PATHS = "paths such as 'customer.email', 'messages[*].text', '**.email' or \"fields['first name']\"";

function isPath(path: unknown): boolean {
  return isText(path) && parsePath(path) !== undefined;
}

function resolveLimits(options?: Partial<Limits>): Limits {
  const names = Object.keys(DEFAULT_LIMITS) as (keyof Limits)[];
  const given = objectOption('limits', options, names);
  const limits = { ...DEFAULT_LIMITS };
  for (const name of names) {
    // A record of a few megabytes is written in one piece; beyond that a killed process could tear it.
    const max = name === 'maxEventBytes' ? 8 * 2 ** 20 : undefined;
    limits[name] = numberOption(`limits.${name}`, given[name], DEFAULT_LIMITS[name], { min: MIN_LIMITS[name], max });
  }
  return limits;
}

function resolveLifecycle(options?: LifecycleModuleOptions): LifecycleOptions {
  const given = objectOption('lifecycle', options, ['quietMs', 'maxMs', 'expectReply']);
  const quietMs = numberOption('lifecycle.quietMs', given.quietMs, 1_000, {
    min: 0,
    max: DAY_MS,
    unit: 'milliseconds',
  });
  const maxMs = numberOption('lifecycle.maxMs', given.maxMs, 600_000, {
    min: 1,
    max: 7 * DAY_MS,
    unit: 'milliseconds',
  });
  return { quietMs, maxMs, replyWithinMs: replyWithin(given.expectReply) };
}

function replyWithin(expectReply: LifecycleModuleOptions['expectReply']): number | false {
  if (expectReply === undefined || expectReply === false) return false;
  if (expectReply === true) return Number.POSITIVE_INFINITY;
  if (!isObject(expectReply)) throw badOption('lifecycle.expectReply', expectReply, 'true, false or { withinMs }');
  const { withinMs } = objectOption('lifecycle.expectReply', expectReply as { withinMs: number }, ['withinMs']);
  if (withinMs === undefined) throw badOption('lifecycle.expectReply', expectReply, 'true, false or { withinMs }');
  return numberOption('lifecycle.expectReply.withinMs', withinMs, 0, { min: 1, max: DAY_MS, unit: 'milliseconds' });
}

function resolveStorage(options: StorageOptions | undefined, env: NodeJS.ProcessEnv): ResolvedOptions['storage'] {
  const given = objectOption('storage', options, ['dir', 'durability']);
  return {
    // Once: `process.chdir` later moves neither the traces nor the token.
    dir: resolve(textOption('storage.dir', given.dir) ?? (env.TRACE_DIR || '.traces')),
    durability: oneOf('storage.durability', given.durability, 'process', ['process', 'fsync']),
  };
}

function resolveRetention(options?: RetentionOptions, store?: TraceStore): ResolvedOptions['retention'] {
  if (options !== undefined && store && !store.admin?.prune) {
    throw badOption('retention', options, 'no value, because the store in `storage` has no `admin.prune`');
  }
  const given = objectOption('retention', options, ['maxAge', 'maxBytes', 'errorMaxAge']);
  const maxAgeMs = durationOption('retention.maxAge', given.maxAge, 7 * DAY_MS);
  return {
    maxAgeMs,
    maxBytes: sizeOption('retention.maxBytes', given.maxBytes, 2 ** 30),
    errorMaxAgeMs: Math.max(maxAgeMs, durationOption('retention.errorMaxAge', given.errorMaxAge, 30 * DAY_MS)),
  };
}

const MIN_PRODUCTION_TOKEN = 32;

function resolveDebug(
  options: DebugModuleOptions | undefined,
  dir: string,
  env: NodeJS.ProcessEnv,
): ResolvedDebugOptions {
  const given = objectOption('debug', options, ['path', 'access', 'token', 'guards', 'decorators', 'enabled']);
  const path = trimSlashes(textOption('debug.path', given.path) ?? 'debug');
  if (!/^\w[\w.~-]*(?:\/\w[\w.~-]*)*$/.test(path))
    throw badOption('debug.path', given.path, "a plain path such as 'debug' or 'internal/debug'");
  const token = textOption('debug.token', given.token);
  if (token !== undefined && env.NODE_ENV === 'production' && token.length < MIN_PRODUCTION_TOKEN) {
    // Its length, never the token: this message goes to logs.
    throw new TraceCollectorError(
      'OPTION_INVALID',
      `TraceModule option \`debug.token\` has ${token.length} characters; in production at least ${MIN_PRODUCTION_TOKEN} are required`,
    );
  }
  return {
    path,
    access:
      given.access === undefined
        ? undefined
        : oneOf<'loopback'>('debug.access', given.access, 'loopback', ['loopback']),
    token,
    guards: listOption('debug.guards', given.guards, (g) => typeof g === 'function' || isObject(g), 'guards'),
    decorators: listOption('debug.decorators', given.decorators, (d) => typeof d === 'function', 'class decorators'),
    enabled: booleanOption('debug.enabled', given.enabled, true),
    dir,
    environment: env.NODE_ENV,
  };
}

function resolveEventTypes(
  given: Record<string, EventTypeDefinition> | undefined,
): Record<string, EventTypeDefinition> {
  if (given === undefined) return {};
  if (!isObject(given)) throw badOption('eventTypes', given, 'an object of definitions by event type');
  for (const [type, definition] of Object.entries(given)) {
    const name = `eventTypes.${type}`;
    const { icon, label, line, timeline, summary } = objectOption(name, definition as EventTypeDefinition, [
      'icon',
      'label',
      'line',
      'timeline',
      'summary',
    ]);
    textOption(`${name}.icon`, icon);
    textOption(`${name}.label`, label);
    functionOption(`${name}.line`, line);
    functionOption(`${name}.summary`, summary);
    booleanOption(`${name}.timeline`, timeline, true);
  }
  return given;
}

function zone(given: unknown): string | undefined {
  const name = textOption('timeZone', given);
  if (name === undefined) return undefined;
  try {
    return new ZonedStamp(name).timeZone && name;
  } catch {
    throw badOption('timeZone', given, "an IANA time zone such as 'Europe/Madrid' or 'UTC'");
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isStore(value: unknown): value is TraceStore {
  return isObject(value) && typeof value.list === 'function' && typeof value.getMany === 'function';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
