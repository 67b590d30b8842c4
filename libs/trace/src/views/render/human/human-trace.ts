import type {
  ErrorDto,
  EventDto,
  ExportResponse,
  FullTraceResponse,
  QuickDebugResponse,
} from '../../../contract/responses.js';
import { linkLines } from '../link-lines.js';
import { countOf, spellMs } from '../../text/durations.js';
import { errorReasons } from '../../events/error-reasons.js';
import { costWords, tokenWords } from '../../events/call-words.js';
import { isQuiet } from '../../events/event-looks.js';
import { isSpan } from '../../events/event-response.js';
import { asRecord } from '../../events/event-data.js';
import { SourceFrames } from '../../trace/source-frames.js';
import { valueWords } from '../../text/value-words.js';
import { oneLine, terminalSafe, terminalSafeLines } from '../../text/visible-text.js';
import { traceRows } from './trace-rows.js';
import { localTime, named, pairs, section, wrapped } from './human-page.js';
import type { Page } from './human-page.js';
import { statusWord } from '../status-word.js';
import { routeWords } from '../request-words.js';
import { callerWords } from '../caller-words.js';
import { usageWords } from '../usage-words.js';

/** A trace in full: the webhook, the timeline, the steps with their durations, the errors, the summary and the hints. */
export function traceLines(trace: FullTraceResponse, page: Page): string[] {
  const { webhook } = trace;
  return [
    heading(trace, page),
    ...pairs(
      [
        trace.contacts ? ['Contacts', trace.contacts.join(', ')] : ['Contact', trace.contact_id],
        ['Message', trace.webhook_message === null ? null : oneLine(trace.webhook_message)],
        ['Started', `${localTime(trace.started_at, { ...page, today: undefined })} (${page.zone.timeZone})`],
        ['Duration', spellMs(trace.duration_ms)],
        ['Webhook', webhookWords(trace)],
        ['Handler', webhook.handler],
        ['Instance', trace.instance],
        ['Duplicate of', webhook.duplicate_of],
        ['Models', trace.summary.llm === undefined ? null : usageWords(trace.summary.llm)],
        ['Traceparent', trace.traceparent === '' ? null : trace.traceparent],
        ['Caller', callerWords(trace.caller)],
      ],
      page,
    ),
    ...story(trace, page),
    ...section('Linked traces', linkLines(trace).map(terminalSafe), page),
    ...section('Steps', stepLines(trace.events, page), page),
    ...errorsSection(trace.errors, page, new SourceFrames(trace.source_lines)),
    ...ending(trace, page),
  ];
}

export function exportLines(trace: ExportResponse, page: Page): string[] {
  return [
    heading(trace, page),
    ...story(trace, page),
    ...section('Linked traces', linkLines(trace).map(terminalSafe), page),
    ...errorsSection(trace.errors ?? [], page),
    ...ending(trace, page),
  ];
}

export function quickDebugLines(answer: QuickDebugResponse, page: Page): string[] {
  const { latest_trace: latest } = answer;
  return [
    `${page.ansi.bold(terminalSafe(answer.contact_id))}: ${countOf(answer.recent_traces.length, 'recent trace')}`,
    '',
    ...traceRows(answer.recent_traces, page),
    '',
    heading(latest, page),
    ...story(latest, page),
    ...section('Linked traces', linkLines(latest).map(terminalSafe), page),
    ...errorsSection(latest.errors, page),
    ...ending(latest, page),
    ...section('Export', answer.export_commands.map(terminalSafe), page),
  ];
}

function heading({ status, trace_id }: Pick<ExportResponse, 'status' | 'trace_id'>, page: Page): string {
  return `${page.ansi.status(status, statusWord(status))}  ${page.ansi.bold(page.linked(trace_id))}`;
}

function story({ timeline }: Pick<ExportResponse, 'timeline'>, page: Page): string[] {
  return section(
    'Timeline',
    timeline.flatMap((line) => wrapped(line, page)),
    page,
  );
}

function ending({ summary, debug_hints }: Pick<ExportResponse, 'summary' | 'debug_hints'>, page: Page): string[] {
  const { llm, ...rest } = summary;
  const entries = Object.entries(rest).map(([key, value]): [string, string] => [key, summaryValue(value)]);
  const all: [string, string][] = llm === undefined ? entries : [...entries, ['llm', usageWords(llm)]];
  return [
    ...section('Summary', pairs(all, page), page),
    ...section(
      'Hints',
      debug_hints.flatMap((hint) => wrapped(hint, page)),
      page,
    ),
  ];
}

function summaryValue(value: unknown): string {
  if (typeof value === 'string') return oneLine(value);
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(', ');
  return valueWords(value);
}

function webhookWords({ webhook }: FullTraceResponse): string | null {
  const request = [webhook.method, webhook.path].filter((part) => part !== null).join(' ');
  const kind = [routeWords(webhook), webhook.type, webhook.direction].filter((part) => part).join(', ');
  const answer =
    webhook.status_code === null
      ? null
      : `answered ${webhook.status_code}${webhook.acknowledged_ms === null ? '' : ` after ${spellMs(webhook.acknowledged_ms)}`}`;
  const words = [request + (kind === '' ? '' : ` (${kind})`), answer].filter((part) => part !== null && part !== '');
  return words.length === 0 ? null : words.join(', ').trim();
}

/** The spans as a tree, each with its duration. */
function stepLines(events: readonly EventDto[], page: Page): string[] {
  const depths = new Map<string, number>();
  const spans = events.filter(isSpan);
  const quiet = spans.filter(isQuiet).length;
  const lines = spans.map((span): string[] => {
    const depth = span.parent_span_id === null ? 0 : (depths.get(span.parent_span_id) ?? -1) + 1;
    depths.set(span.span_id ?? '', depth);
    const took = span.duration_ms === null ? page.ansi.cyan('still open') : page.ansi.dim(spellMs(span.duration_ms));
    const { outcome } = asRecord(span.data);
    const end =
      outcome === 'error' ? page.ansi.red('  error') : outcome === 'cancelled' ? page.ansi.yellow('  cancelled') : '';
    if (isQuiet(span)) return [];
    const numbers = [tokenWords(span), costWords(span)].filter((part) => part !== undefined).join(', ');
    const cost = numbers === '' ? '' : page.ansi.dim(`  ${numbers}`);
    return [`${'  '.repeat(Math.min(depth, 12))}${span.type} ${terminalSafe(span.name ?? '')}  ${took}${cost}${end}`];
  });
  return [
    ...lines.flat(),
    ...(quiet === 0 ? [] : [page.ansi.dim(`and ${countOf(quiet, 'outgoing call')} that went well in under a second`)]),
  ];
}

function errorsSection(errors: readonly ErrorDto[], page: Page, source = new SourceFrames()): string[] {
  return section(
    `Errors (${errors.length})`,
    errors.flatMap((error, index) => [...(index === 0 ? [] : ['']), ...errorLines(error, page, source)]),
    page,
  );
}

function errorLines(error: ErrorDto, page: Page, source: SourceFrames): string[] {
  const [message = '', ...rest] = terminalSafeLines(error.message);
  const stack = error.stack === null ? [] : framesOf(error.stack, error.message);
  const causes = Array.isArray(error.cause) ? error.cause : error.cause === null ? [] : [error.cause];
  return [
    `${page.ansi.red(`${terminalSafe(error.type)}: ${message}`)}`,
    ...rest.map((line) => `  ${line}`),
    ...errorReasons(error.message, error.detail).map((reason) => `  ${terminalSafe(reason)}`),
    `in ${terminalSafe(error.location)}${guardWords(error)} at ${localTime(error.timestamp, page)}`,
    ...stack.flatMap((line) => frameLines(line, page, source)),
    ...causes.flatMap((cause) => causeLines(cause, page, source)),
    ...(error.context === null ? [] : named('context', error.context, page)),
    ...(error.detail === undefined ? [] : named('detail', error.detail, page)),
  ];
}

function guardWords({ guard, after_response: late }: ErrorDto): string {
  return `${guard === undefined ? '' : ` by ${terminalSafe(guard)}`}${late ? ', after the response was sent,' : ''}`;
}

/** A recorded cause with its first frame. The error's own stack has the others. */
function causeLines(cause: unknown, page: Page, source: SourceFrames): string[] {
  const { type, message, stack } = (typeof cause === 'object' && cause !== null ? cause : {}) as Record<
    string,
    unknown
  >;
  if (typeof message !== 'string') return named('caused by', cause, page);
  const [first = '', ...rest] = terminalSafeLines(message);
  const [frame] = typeof stack === 'string' ? framesOf(stack, message) : [];
  return [
    `caused by ${page.ansi.red(`${typeof type === 'string' ? terminalSafe(type) : 'Error'}: ${first}`)}`,
    ...rest.map((line) => `  ${line}`),
    ...(frame === undefined ? [] : frameLines(frame, page, source)),
  ];
}

/** A frame, or the place in its source with the source line below where a source map was found. */
function frameLines(frame: string, page: Page, source: SourceFrames): string[] {
  const [place = '', ...code] = source.placeAndCode(frame.trim());
  return [page.ansi.dim(`  ${terminalSafe(place)}`), ...code.map((line) => `  ${terminalSafe(line)}`)];
}

/** Frames of this package between two steps of the application. They are in every stack and do not explain an error. */
const OWN_FRAME = /[\\/]node_modules[\\/]nestjs-trace-collector[\\/]dist[\\/]/;

/** The stack without its first lines, which repeat the message, and without our own frames. */
function framesOf(stack: string, message: string): string[] {
  const body = stack.includes(message) ? stack.slice(stack.indexOf(message) + message.length) : stack;
  return body.split(/\r\n|[\n\r]/).filter((line) => line.trim() !== '' && !OWN_FRAME.test(line));
}
