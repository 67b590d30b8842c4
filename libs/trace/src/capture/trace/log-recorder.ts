import type { LogLine, LogSource, TraceRef } from '../../context/recorder.js';
import type { Clock } from '../../model/clock.js';
import type { JsonText, Payload } from '../../model/record.js';
import { isAtLeast, logLevelOf } from '../../model/log-levels.js';
import { EVENT } from '../../model/vocabulary.js';
import type { Serializer } from '../../serialize/serializer.js';
import type { LogsOptions } from '../logs/logs.options.js';
import type { Admission } from './admission.js';
import type { RecordFields } from './record-fields.js';
import type { TraceOutput } from './trace-output.js';

export interface LogParts {
  readonly admission: Admission;
  readonly output: TraceOutput;
  readonly serializer: Serializer;
  readonly fields: RecordFields;
  readonly clock: Clock;
  /** `false`: no line is recorded. */
  readonly logs: LogsOptions | false;
  /** Bytes of one payload. */
  readonly maxEventBytes: number;
}

/** Lines kept of a trace while its route is undecided: the lines of middleware and of the framework itself. */
const MAX_HELD = 20;

/**
 * Writes log lines as events `log`: `{ level, context, message, error?, data? }`. An error in a line is no `error` record:
 * the application may have handled it, and one that it throws is recorded when it is thrown.
 */
export class LogRecorder {
  /** Texts are kept. With `redact.content: 'none'`, each part of a line is written by its own rule. */
  private readonly keepsTexts: boolean;

  constructor(private readonly parts: LogParts) {
    this.keepsTexts = parts.serializer.text('log') === 'log';
  }

  write(ref: TraceRef, name: string, source: LogSource, read: () => LogLine): void {
    const { logs, admission, output, clock } = this.parts;
    const level = logLevelOf(name);
    if (logs === false || !isAtLeast(level, logs.level) || (source === 'console' && !logs.console)) return;
    const trace = admission.admitLog(ref, isAtLeast(level, 'error'));
    if (!trace || trace.held.length > MAX_HELD) return;
    // A held line does not decide about the route, unlike an event: the framework logs before a handler is chosen.
    output.append(trace, {
      kind: 'event',
      ts: clock.now(),
      trace: trace.key,
      type: EVENT.log,
      span: ref.span,
      facts: { level },
      data: this.payload(name, read(), trace.fate === 'held'),
      late: trace.ended || undefined,
    });
  }

  /** A line without an error is one payload: 1.5 µs instead of 3. The bytes of a held one would be overwritten. */
  private payload(level: string, line: LogLine, isHeld: boolean): Payload | undefined {
    const { context, message, error, stack, data } = line;
    if (error !== undefined || stack !== undefined || !this.keepsTexts) return this.parted(level, line);
    const values: Record<string, unknown> = { level };
    if (context !== undefined && context !== '') values.context = context;
    if (message !== undefined) values.message = withoutColors(message);
    if (data !== undefined) values.data = data;
    const bytes = this.parts.fields.payload(values);
    return isHeld ? bytes?.toString() : bytes;
  }

  /**
   * Level and context are names, which `redact.content: 'none'` keeps: without them nothing of the line is of use. Parts
   * that would make the payload too large are left out and named in `omitted`.
   */
  private parted(level: string, { context, message, error, stack, data }: LogLine): JsonText {
    const { serializer, fields, maxEventBytes } = this.parts;
    let json = `{"level":${JSON.stringify(fields.name(level))}`;
    if (context !== undefined && context !== '') json += `,"context":${JSON.stringify(fields.name(context))}`;
    if (message !== undefined) json += `,"message":${JSON.stringify(serializer.text(withoutColors(message)))}`;
    let bytes = Buffer.byteLength(json) + RESERVED;
    const omitted: string[] = [];
    const add = (name: string, value: string): void => {
      const member = `,"${name}":${value}`;
      bytes += Buffer.byteLength(member);
      if (bytes <= maxEventBytes) json += member;
      else omitted.push(name);
    };
    if (error !== undefined) add('error', this.error(error));
    else if (stack !== undefined) add('error', this.errorText(stack));
    if (data !== undefined) add('data', serializer.json(data));
    return `${json}${omitted.length === 0 ? '' : `,"omitted":${JSON.stringify(omitted)}`}}` as JsonText;
  }

  private error(error: unknown): string {
    const { fingerprint: _, cause, detail, ...parts } = this.parts.serializer.error(error);
    let json = JSON.stringify(parts).slice(0, -1);
    if (cause !== undefined) json += `,"cause":${cause}`;
    if (detail !== undefined) json += `,"detail":${detail}`;
    return `${json}}`;
  }

  /** Class and message of the error are in the first line of its stack. */
  private errorText(stack: string): string {
    const { serializer } = this.parts;
    const [, type, message] = HEAD.exec(stack) ?? [];
    return JSON.stringify({
      ...(type !== undefined && { type: serializer.name(type) }),
      ...(message !== undefined && { message: serializer.text(message) }),
      stack: serializer.text(stack),
    });
  }
}

/** Bytes kept for the end of the payload. */
const RESERVED = 32;
const HEAD = /^([A-Za-z_$][\w$.]{0,99}): (.*)$/m;
// oxlint-disable-next-line no-control-regex
const COLORS = /\u001b\[[\d;]*m/g;

/** Colours are for terminals: in a search they separate words from their beginning. */
function withoutColors(message: unknown): unknown {
  return typeof message === 'string' && message.includes('\u001b') ? message.replace(COLORS, '') : message;
}
