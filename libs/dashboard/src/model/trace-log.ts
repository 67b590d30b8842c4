import { EVENT } from '../../../trace/src/model/vocabulary.js';
import type { ErrorDto, EventDto, FullTraceResponse, SourceLineDto } from '../api/responses.js';
import { preciseMs } from '../format/time.js';
import { callFacts, callWords } from './call-facts.js';
import type { CallFacts } from './call-facts.js';
import { LargeValue } from './large-value.js';
import { isLoud } from './log-level.js';

export type LogKind =
  | 'in'
  | 'brain'
  | 'route'
  | 'agent'
  | 'tool'
  | 'llm'
  | 'http'
  | 'db'
  | 'retriever'
  | 'step'
  | 'out'
  | 'log'
  | 'error'
  | 'ack'
  | 'custom';

export interface LogEntry {
  event: EventDto;
  kind: LogKind;
  /** The kind of the event, and its subject. */
  label: string;
  title: string;
  /** Milliseconds from the trace's first moment. */
  offset: number;
  /** Number of spans around it. */
  depth: number;
  /** Ids of those spans, outermost first. */
  ancestors: string[];
  /** Only on an error: the whole error. */
  error: ErrorDto | undefined;
  /** Source lines of the trace's errors. */
  source: readonly SourceLineDto[];
  /** A span that failed, or that contains an error. */
  failed: boolean;
  /** A span that has not ended. */
  open: boolean;
  /** Only on an outgoing call, also one to a model. */
  call: CallFacts | undefined;
  /** An outgoing call or a log line without news: the log folds it. */
  quiet: boolean;
}

const SPANS: readonly string[] = ['agent', 'tool', 'llm', 'retriever', 'step', 'http', 'db'];
const SPAN_WORDS: Record<string, string> = {
  agent: 'Agent',
  tool: 'Tool',
  llm: 'LLM',
  retriever: 'Retriever',
  step: 'Step',
  http: 'HTTP',
  db: 'DB',
};
const MAX_DEPTH = 40;
/** An outgoing call that took longer is not folded. */
const SLOW_MS = 1_000;

export function isSpan({ type, name, span_id }: EventDto): boolean {
  return name !== null && span_id !== null && SPANS.includes(type);
}

export function isError({ type, name }: EventDto): boolean {
  return type === 'error' && name !== null;
}

/** The events of a trace in order of time, each with its depth, label and state. */
export function traceLog(
  trace: Pick<FullTraceResponse, 'events' | 'errors' | 'started_at' | 'status' | 'source_lines'>,
): LogEntry[] {
  const spans = new Map(trace.events.filter(isSpan).map((event) => [event.span_id, event]));
  const start = preciseMs(trace.started_at);
  const paths = new Map<string, string[]>();
  const pathTo = (span: string | null): string[] => {
    const path: string[] = [];
    // Bounded, since a span that is its own ancestor must not hang the page.
    for (let at = span; at !== null && path.length < MAX_DEPTH && spans.has(at) && !path.includes(at);) {
      path.unshift(at);
      at = spans.get(at)?.parent_span_id ?? null;
    }
    return path;
  };
  const ancestorsOf = (event: EventDto): string[] => {
    const parent = isSpan(event) ? event.parent_span_id : event.span_id;
    if (parent === null) return [];
    const known = paths.get(parent) ?? pathTo(parent);
    paths.set(parent, known);
    return known;
  };

  let errorsSeen = 0;
  const failed = new Set<string>();
  const entries = trace.events.map((event): LogEntry => {
    const ancestors = ancestorsOf(event);
    const error = isError(event) ? trace.errors[errorsSeen++] : undefined;
    if (isError(event)) for (const span of ancestors) failed.add(span);
    if (isSpan(event) && record(event.data).outcome === 'error') failed.add(event.span_id ?? '');
    return {
      event,
      ...describe(event),
      offset: preciseMs(event.timestamp) - start,
      depth: ancestors.length,
      ancestors,
      error,
      source: trace.source_lines ?? [],
      failed: false,
      open: isSpan(event) && event.duration_ms === null && trace.status === 'active',
      call: isSpan(event) ? callFacts(event) : undefined,
      quiet: false,
    };
  });
  for (const entry of entries) {
    entry.failed = isSpan(entry.event) && failed.has(entry.event.span_id ?? '');
    entry.quiet = isQuiet(entry);
  }
  // The sort is stable: events of one microsecond keep the order in which they were written.
  return entries.sort((a, b) => a.offset - b.offset);
}

/** Whether an entry is an outgoing call that went well and fast, or a log line below `warn`. */
function isQuiet({ event, kind, failed, call }: LogEntry): boolean {
  if (kind === 'log') return !isLoud(record(event.data).level);
  if (kind !== 'http' || failed || (call?.status ?? 0) >= 400) return false;
  // A call that is running, that never ended or that was left is what a reader looks for.
  return event.duration_ms !== null && event.duration_ms <= SLOW_MS && record(event.data).outcome !== 'cancelled';
}

type Look = Pick<LogEntry, 'kind' | 'label' | 'title'>;
type Data = Record<string, unknown>;

/** Icon, label and title of the built-in event types. A type without a row has its own name as its label. */
const LOOKS: Readonly<Record<string, (data: Data) => Look>> = {
  [EVENT.received]: (data) => ({
    kind: 'in',
    label: data.edited === true ? 'Edited' : 'Received',
    title: received(data),
  }),
  [EVENT.analysis]: (data) => ({
    kind: 'brain',
    label: 'Intelligence',
    title: `score ${scalar(data.lead_score)}`,
  }),
  [EVENT.routing]: (data) => ({ kind: 'route', label: 'Route', title: `${scalar(data.from)} → ${scalar(data.to)}` }),
  [EVENT.tool]: (data) => ({ kind: 'tool', label: 'Tool', title: text(data, 'name', 'tool', 'tool_name') }),
  [EVENT.sent]: (data) => ({ kind: 'out', label: 'Sent', title: text(data, ...REPLY_TEXTS) }),
  [EVENT.failed]: (data) => ({
    kind: 'error',
    label: 'Refused',
    title: joined(' · ', refusal(data), text(data, ...REPLY_TEXTS)),
  }),
  [EVENT.edited]: (data) => ({ kind: 'in', label: 'Edited', title: text(data, ...REPLY_TEXTS) }),
  [EVENT.acknowledged]: (data) => ({ kind: 'ack', label: 'Acknowledged', title: `HTTP ${scalar(data.status_code)}` }),
  [EVENT.rejected]: (data) => ({
    kind: 'error',
    label: Number(data.status_code) >= 500 ? 'Failed' : 'Rejected',
    title: `HTTP ${scalar(data.status_code)}`,
  }),
  [EVENT.aborted]: () => ({ kind: 'error', label: 'Aborted', title: 'the client went away' }),
  [EVENT.controlFlow]: (data) => ({
    kind: 'custom',
    label: 'Control flow',
    title: `${scalar(data.type)} in ${scalar(data.location)}`,
  }),
  [EVENT.tag]: (data) => ({
    kind: 'custom',
    label: 'Tag',
    title: `${text(data, 'key')}=${scalar(data.value)}`,
  }),
  [EVENT.log]: (data) => ({
    kind: 'log',
    label: `Log ${text(data, 'level')}`,
    title: joined(': ', text(data, 'context'), text(data, 'message')),
  }),
};

/** The members of a reply's payload that may have its text. */
const REPLY_TEXTS = ['message', 'text', 'content', 'body'];

/** Icon, label and title of an event. */
export function describe(event: EventDto): Look {
  const data = record(event.data);
  if (isSpan(event)) {
    const call = event.type === 'http' ? callFacts(event) : undefined;
    const title = (call && callWords(call)) || (event.name ?? '');
    return { kind: event.type as LogKind, label: SPAN_WORDS[event.type] ?? event.type, title };
  }
  if (isError(event)) {
    const title = [`${event.name}: ${scalar(data.message)}`, ...reasons(data.reasons)].join('; ');
    return { kind: 'error', label: 'Error', title };
  }
  const look = Object.hasOwn(LOOKS, event.type) ? LOOKS[event.type] : undefined;
  if (look && event.again) return { ...look(data), label: 'Same reply' };
  return look ? look(data) : { kind: 'custom', label: event.type, title: '' };
}

/** Why a provider refused a message: `whatsapp 400 (131030) Recipient not in allowed list`. */
export function refusal(data: Data): string {
  const { status, code } = data;
  const numbers = [status, code].filter(
    (part) => typeof part === 'number' || (typeof part === 'string' && part !== ''),
  );
  const [first, second] = numbers.map(String);
  return joined(
    ' ',
    text(data, 'provider'),
    first === undefined ? '' : second === undefined || second === first ? first : `${first} (${second})`,
    text(data, 'reason'),
  );
}

/** The first of these members that is a text. */
function text(data: Data, ...keys: string[]): string {
  return String(keys.map((key) => data[key]).find(isText) ?? '');
}

function joined(separator: string, ...parts: string[]): string {
  return parts.filter(Boolean).join(separator);
}

/**
 * The message; without one, its kind; without that, the request. All messages of a POST with several, each with its contact
 * where there are several of those.
 */
function received(data: Data): string {
  const { message, media, type, path, messages } = data;
  if (Array.isArray(messages) && messages.length > 1) {
    const all = messages.map(record);
    const several = new Set(all.map(({ contact }) => contact)).size > 1;
    return all
      .map((one) => received({ ...one, messages: undefined }) + (several ? ` (${scalar(one.contact)})` : ''))
      .join(' · ');
  }
  const kind = typeof media === 'string' && media !== 'text' ? `[${media}]` : undefined;
  return String([message, kind, type, path].find(isText) ?? '');
}

/** The reasons that an error's event has. */
export function reasons(given: unknown): string[] {
  return Array.isArray(given) ? given.map(scalar) : [];
}

export function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function isText(value: unknown): boolean {
  return typeof value === 'string' || value instanceof LargeValue;
}

function scalar(value: unknown): string {
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : '?';
}
