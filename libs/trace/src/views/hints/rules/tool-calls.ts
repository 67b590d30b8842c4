import type { Micros, SpanId, TraceRecord } from '../../../model/record.js';
import { EVENT, readToolName } from '../../../model/vocabulary.js';
import { asRecord } from '../../events/event-data.js';
import type { AssembledTrace } from '../../trace/assemble.js';

/** A call of a tool that has ended: a span, or a `tool_execution` event. */
export interface ToolCall {
  readonly seq: number;
  readonly name: string;
  readonly input: unknown;
  readonly output: unknown;
  /** It threw, or its result says that it failed. */
  readonly failed: boolean;
  readonly at: Micros;
  /** Its end. */
  readonly until: Micros;
  /** `null`: an event reported the call. */
  readonly span: SpanId | null;
}

/** Microseconds by which the end of a step may be later than the next record: spans of other services have other clocks. */
export const CLOCK_US = 2_000;

/** The calls of tools that have ended, in the order they began. */
export function toolCalls({ events }: AssembledTrace): ToolCall[] {
  return events.flatMap(({ dto, at, span }): ToolCall[] => {
    const { seq } = dto;
    const data = asRecord(dto.data);
    if (span) {
      if (span.kind !== 'tool' || span.endedAt === null || span.outcome === 'cancelled') return [];
      const { name, output, outcome, id } = span;
      const failed = outcome === 'error' || saysFailed(output);
      return [{ seq, name, input: data.input, output, failed, at, until: span.endedAt, span: id }];
    }
    const name = dto.type === EVENT.tool ? readToolName(dto.data) : undefined;
    if (name === undefined) return [];
    const output = data.output ?? data.result;
    return [{ seq, name, input: data.input, output, failed: failedEvent(data), at, until: at, span: null }];
  });
}

/** Whether a record is the begin of a tool's call, or the event that reported one. */
export function isToolCall(record: TraceRecord): boolean {
  if (record.kind === 'span') return record.type === 'tool';
  return record.kind === 'event' && record.type === EVENT.tool;
}

/** Whether a record is the begin or the end of a call that failed, or the event that reported one. */
export function isFailedCall(record: TraceRecord, { spans }: Pick<AssembledTrace, 'spans'>): boolean {
  if (record.kind === 'span_end') return record.outcome === 'error' || saysFailed(record.output);
  if (record.kind === 'span') {
    const span = spans.get(record.span);
    return record.type === 'tool' && span !== undefined && (span.outcome === 'error' || saysFailed(span.output));
  }
  return record.kind === 'event' && record.type === EVENT.tool && failedEvent(asRecord(record.data));
}

function failedEvent(data: Record<string, unknown>): boolean {
  return saysFailed(data) || saysFailed(data.output ?? data.result);
}

const FAILED_WORDS: readonly unknown[] = ['error', 'failed', 'failure'];

/** Whether the result of a tool says that it failed. Agents return errors as values, so that the model reads them. */
function saysFailed(output: unknown): boolean {
  if (typeof output !== 'object' || output === null || Array.isArray(output)) return false;
  const { success, ok, isError, is_error: flagged, status, error } = output as Record<string, unknown>;
  if (success === true || ok === true) return false;
  if (success === false || ok === false || isError === true || flagged === true) return true;
  if (FAILED_WORDS.includes(status)) return true;
  return typeof error === 'string' ? error !== '' : typeof error === 'object' && error !== null;
}

/** The words of a tool's name, in lower case: `CalendarTools.bookAppointment` has `book` and `appointment`. */
export function nameWords(name: string): string[] {
  return name
    .slice(name.lastIndexOf('.') + 1)
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

/** Verbs that make something each time. Setting a value twice (`update`, `set`, `cancel`) changes nothing. */
const WRITES: ReadonlySet<string> = new Set(
  (
    'book create send charge pay insert post submit schedule reserve order purchase buy refund transfer invoice issue ' +
    'agendar reservar crear enviar cobrar pagar registrar comprar programar transferir facturar'
  ).split(' '),
);
/** Verbs that only read or prepare: `check_order`, `get_payment`, `validateCreate`. */
const READS: ReadonlySet<string> = new Set(
  (
    'check get list find search read fetch load lookup look query validate verify prepare preview can is has count ' +
    'estimate suggest quote describe show buscar consultar ver verificar validar obtener listar revisar'
  ).split(' '),
);

/** Whether a tool of this name makes something: its name has a verb of writing, and does not begin with one of reading. */
export function looksLikeWrite(name: string): boolean {
  const words = nameWords(name);
  return !READS.has(words[0] ?? '') && words.some((word) => WRITES.has(word));
}
