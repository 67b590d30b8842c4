import { ATTRIBUTE } from '../../model/attributes.js';
import { dollars } from '../../model/money.js';
import type { EventDto } from '../../contract/responses.js';
import { clip, oneLine } from '../text/visible-text.js';
import { asRecord, dataOf, number, word } from './event-data.js';

const REASON_CHARACTERS = 120;

/** Why a step failed. */
export interface StepFailure {
  status?: number;
  /** The provider's or the database's code, the HTTP status, Node's code or the class of the failure. */
  code?: string;
  reason?: string;
  failed: boolean;
}

/** What a span of an outgoing call says about it. Values that were not recorded are absent. */
export interface CallFacts extends StepFailure {
  method?: string;
  host?: string;
  path?: string;
  /** Number of earlier attempts of the same call. */
  resend: number;
}

/** The facts of an outgoing call; `undefined` for a span that is none. */
export function callFacts(event: EventDto): CallFacts | undefined {
  const attributes: Readonly<Record<string, unknown>> = event.attributes ?? {};
  const host = word(attributes[ATTRIBUTE.host]);
  if (host === undefined && event.type !== 'http') return undefined;
  const { output, outcome } = dataOf(event);
  const { code, reason } = reasonIn(output);
  return {
    method: word(attributes[ATTRIBUTE.method]),
    host,
    path: word(attributes[ATTRIBUTE.path]),
    status: number(attributes[ATTRIBUTE.status]),
    resend: number(attributes[ATTRIBUTE.resend]) ?? 0,
    code: code ?? word(attributes[ATTRIBUTE.error]),
    reason,
    failed: outcome === 'error',
  };
}

/**
 * Why a step failed that says so in its output, as spans of OpenTelemetry do; `undefined`: it did not fail, or an error of the
 * trace has the reason.
 */
export function stepFailure({ outcome, output }: { outcome?: unknown; output?: unknown }): StepFailure | undefined {
  if (outcome !== 'error') return undefined;
  const { code, reason } = reasonIn(output);
  if (code === undefined && reason === undefined) return undefined;
  // The name of the base class says nothing.
  return {
    failed: true,
    ...(code !== undefined && code !== 'Error' && { code }),
    ...(reason !== undefined && { reason }),
  };
}

/** Why a step failed, as its output has it. */
function reasonIn(output: unknown): Pick<StepFailure, 'code' | 'reason'> {
  const error = asRecord(asRecord(output).error);
  return { code: word(error.code) ?? word(error.type), reason: word(error.message) };
}

/** ` → 23505 duplicate key value`, for a step that is no outgoing call. */
function endWords(event: EventDto): string {
  const failure = stepFailure(dataOf(event));
  return failure === undefined ? '' : failureWords(failure);
}

/** Text of a step in the timeline: its label, its name, and why it failed. */
export function stepLine(label: string): (event: EventDto) => string {
  return (event) => `${label}: ${event.name}${endWords(event)}`;
}

/** Whether a step has a line in the timeline: it failed, and no error of the trace says so. */
export function isFailedStep(event: EventDto): boolean {
  return stepFailure(dataOf(event)) !== undefined;
}

/** `POST graph.facebook.com/…/messages`: the path up to its last placeholder is left out. */
export function targetWords({ method, host, path }: CallFacts): string {
  return [method, `${host ?? ''}${shortPath(path ?? '')}`]
    .filter((part) => part !== undefined && part !== '')
    .join(' ');
}

function shortPath(path: string): string {
  const last = path.lastIndexOf('}/');
  return last === -1 ? path : `/…${path.slice(last + 1)}`;
}

/** ` → 400 (131047 Re-engagement message)`: how the call ended; the empty text where it ended well or has not ended. */
export function failureWords(facts: StepFailure): string {
  if (!facts.failed) return '';
  const { status, code, reason } = facts;
  const isSaid = code === String(status) || (code !== undefined && reason?.startsWith(code));
  const why = [isSaid ? undefined : code, reason]
    .filter((part): part is string => part !== undefined && part !== '')
    .map((part) => clip(oneLine(part), REASON_CHARACTERS))
    .join(' ');
  if (status === undefined) return ` → ${why === '' ? 'failed' : why}`;
  return ` → ${status}${why === '' ? '' : ` (${why})`}`;
}

/** Text of an `http` span in the timeline. */
export function httpLine(event: EventDto): string {
  const facts = callFacts(event);
  if (facts === undefined) return `HTTP: ${event.name}`;
  const target = targetWords(facts);
  const end = facts.failed ? failureWords(facts) : facts.status === undefined ? '' : ` → ${facts.status}`;
  return `HTTP: ${target === '' ? event.name : target}${end}`;
}

/** Duration in milliseconds from which a call is slow. */
export const SLOW_CALL_MS = 1_000;

/** Whether a call has a line in the timeline: it failed, or it was slow. */
export function isTellingCall(event: EventDto): boolean {
  return dataOf(event).outcome === 'error' || (event.duration_ms ?? 0) > SLOW_CALL_MS;
}

/** Text of an `llm` span in the timeline: `LLM: gpt-5-mini (812→64 tokens, $0.0003)`. */
export function llmLine(event: EventDto): string {
  const facts = callFacts(event);
  const numbers = [tokenWords(event), costWords(event)].filter((part) => part !== undefined);
  const end = facts === undefined ? endWords(event) : failureWords(facts);
  return `LLM: ${event.name}${numbers.length === 0 ? '' : ` (${numbers.join(', ')})`}${end}`;
}

/** `812→64 tokens`; `undefined`: none were reported. */
export function tokenWords({ usage }: Pick<EventDto, 'usage'>): string | undefined {
  const { input_tokens: input, output_tokens: output, total_tokens: total } = usage ?? {};
  if (input !== undefined || output !== undefined) return `${input ?? '?'}→${output ?? '?'} tokens`;
  return total === undefined ? undefined : `${total} tokens`;
}

/** `$0.0003`; `undefined`: the cost is not known. */
export function costWords({ usage }: Pick<EventDto, 'usage'>): string | undefined {
  return typeof usage?.cost_usd === 'number' ? dollars(usage.cost_usd) : undefined;
}
