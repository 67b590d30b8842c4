import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { reportInternalError, type LogLine, type TraceRef } from '../../context/recorder.js';
import { knownLevel } from '../../model/log-levels.js';
import { isError, ownData } from '../../serialize/serializer.js';
import { hookOnce, type PendingLine, recordLine, refOfLine, takePending } from './logger-hooks.js';

/** pino 9.10 and later publish here after each line was made, in the context of the caller. */
const CHANNEL = 'tracing:pino_asJson:end';

/** What pino publishes. `arguments`: the object, the message, the number of the level, the time. */
interface PinoLine {
  readonly instance?: { levels?: { labels?: Record<number, string> } };
  readonly arguments?: ArrayLike<unknown>;
  /** The line as it is printed: with the application's own serializers and `redact` applied. */
  readonly result?: unknown;
}

/** Longer lines are not parsed: their message and error are recorded, without further fields. */
const MAX_PARSED = 64 * 1024;
/** Members of every line, and the request that pino-http and Fastify repeat in each: it is in the trace already. */
const LEFT_OUT = new Set(
  'level time pid hostname v name msg err context req res reqId trace_id span_id w3c_trace_id'.split(' '),
);
const NAMES: readonly [lowest: number, name: string][] = [
  [60, 'fatal'],
  [50, 'error'],
  [40, 'warn'],
  [30, 'info'],
  [20, 'debug'],
  [-Infinity, 'trace'],
];

/** Subscribes to the lines of pino, also of nestjs-pino and of Fastify's logger. */
export function hookPino(): () => void {
  return hookOnce(CHANNEL, () => {
    subscribe(CHANNEL, onLine);
    return () => void unsubscribe(CHANNEL, onLine);
  });
}

/** An error thrown here would be an uncaught exception of the application. */
function onLine(message: unknown): void {
  const pending = takePending();
  const ref = pending?.ref ?? refOfLine();
  if (ref === undefined) return;
  try {
    record(ref, message as PinoLine, pending);
  } catch (error) {
    reportInternalError(ref.recorder, 'pino', error);
  }
}

function record(ref: TraceRef, { instance, arguments: args, result }: PinoLine, pending?: PendingLine): void {
  if (args === undefined || typeof result !== 'string') return;
  const [object, text, number] = [args[0], args[1], args[2]];
  if (pending) {
    recordLine(ref, pending.level, 'nest', () => merged(pending.read(), readLine(object, text, result)));
    return;
  }
  recordLine(ref, levelName(number, instance?.levels?.labels), 'pino', () => readLine(object, text, result));
}

/** The label where it is a known one, else the standard name for the number: 35 is `info`. */
function levelName(number: unknown, labels: Record<number, string> | undefined): string {
  if (typeof number !== 'number') return 'info';
  const label = labels?.[number]?.toLowerCase();
  if (label !== undefined && knownLevel(label) !== undefined) return label;
  return NAMES.find(([lowest]) => number >= lowest)![1];
}

/** Context and stack as Nest's logger was given them, all else as pino printed it. */
function merged(given: LogLine, printed: LogLine): LogLine {
  const error = printed.error ?? given.error;
  return {
    ...printed,
    context: given.context ?? printed.context,
    message: printed.message ?? given.message,
    error,
    stack: error === undefined ? given.stack : undefined,
  };
}

function readLine(object: unknown, text: unknown, line: string): LogLine {
  const error = errorIn(object);
  const printed = line.length <= MAX_PARSED ? parsed(line) : undefined;
  if (printed === undefined) return { message: text, error };
  const data: Record<string, unknown> = {};
  for (const key of Object.keys(printed))
    if (!LEFT_OUT.has(key) || (key === 'err' && error === undefined)) data[key] = printed[key];
  if (error !== undefined) delete data.error;
  return {
    context: contextOf(printed),
    message: 'msg' in printed ? printed.msg : text,
    error,
    data: Object.keys(data).length > 0 ? data : undefined,
  };
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function contextOf({ context, name }: Record<string, unknown>): string | undefined {
  return typeof context === 'string' ? context : typeof name === 'string' ? name : undefined;
}

function errorIn(object: unknown): unknown {
  if (isError(object)) return object;
  if (typeof object !== 'object' || object === null) return undefined;
  const error = ownData(object, 'err') ?? ownData(object, 'error');
  return isError(error) ? error : undefined;
}
