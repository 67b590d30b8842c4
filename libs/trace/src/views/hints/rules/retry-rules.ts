import { ATTRIBUTE } from '../../../model/attributes.js';
import type { TraceRecord } from '../../../model/record.js';
import { asRecord } from '../../events/event-data.js';
import type { AssembledEvent, AssembledSpan, AssembledTrace } from '../../trace/assemble.js';
import { records } from './hint-rule.js';
import type { HintRuleDefinition, HintScene } from './hint-rule.js';
import { CLOCK_US } from './tool-calls.js';

/** Calls that are repeated to a target. The outermost comes first: a tool's call holds the request that it makes. */
const KINDS = ['tool', 'llm', 'retriever', 'db', 'http'];
/** Failed calls in a row from which a hint is made. */
const MIN_CALLS = 3;
/** Microseconds from a failure to the next try. A back-off begins at 100 ms, and usually at 200 ms or more. */
const PAUSE_US = 50_000;
const MAX_HINTS = 3;
/** Characters of an input's JSON that is compared. */
const COMPARED_CHARACTERS = 10_000;

const callProof = {
  what: 'the spans of the calls',
  holds: (record: TraceRecord) => record.kind === 'span' && KINDS.includes(record.type),
};
const failedProof = records('span_end', 'the ends of calls that failed', ({ outcome }) => outcome === 'error');

/** Rules about calls that were tried again. */
export const RETRY_RULES: readonly HintRuleDefinition[] = [
  { name: 'retries_without_pause', provedBy: [callProof, failedProof], hint: retriesWithoutPause },
];

interface Row {
  event: AssembledEvent;
  count: number;
  /** End of the last call. */
  until: number;
}

/** Proved by: three or more equal calls that failed one right after the other, and the ends of these calls. */
function retriesWithoutPause({ trace }: HintScene): string[] | undefined {
  const shown: Row[] = [];
  for (const row of rowsOf(trace)) {
    if (shown.length === MAX_HINTS) break;
    if (!shown.some(({ event }) => isInside(row.event, event, trace))) shown.push(row);
  }
  if (shown.length === 0) return undefined;
  return shown.map(
    ({ event, count }) => `🔨 ${event.span!.name} failed ${count} times in a row, tried again without a pause`,
  );
}

/** Rows of failures of one target, the outermost kind first. */
function rowsOf({ events }: AssembledTrace): Row[] {
  const failures = new Map<string, number>();
  for (const { span } of events) {
    if (span?.outcome === 'error') failures.set(nameOf(span), (failures.get(nameOf(span)) ?? 0) + 1);
  }
  const open = new Map<string, Row>();
  const rows: Row[] = [];
  for (const event of events) {
    const { span, at } = event;
    if (!span || span.endedAt === null || !KINDS.includes(span.kind)) continue;
    // Inputs are compared only where there are enough failures: most traces have none.
    if ((failures.get(nameOf(span)) ?? 0) < MIN_CALLS) continue;
    const key = targetOf(event);
    const row = open.get(key);
    const failed = span.outcome === 'error';
    const until = span.endedAt;
    if (row && failed && at >= row.until - CLOCK_US && at - row.until < PAUSE_US) {
      row.count += 1;
      row.until = until;
    } else if (failed) {
      const next = { event, count: 1, until };
      open.set(key, next);
      rows.push(next);
    } else open.delete(key);
  }
  return rows
    .filter(({ count }) => count >= MIN_CALLS)
    .sort((a, b) => KINDS.indexOf(a.event.span!.kind) - KINDS.indexOf(b.event.span!.kind));
}

function nameOf({ kind, name }: AssembledSpan): string {
  return `${kind} ${name}`;
}

/** What is called with what: a tool or a model by its name and input, a request by its method, host and path. */
function targetOf({ dto, span }: AssembledEvent): string {
  const { attributes = {} } = dto;
  const call = [ATTRIBUTE.method, ATTRIBUTE.host, ATTRIBUTE.path].map((name) => attributes[name]);
  const json = JSON.stringify(asRecord(dto.data).input) ?? '';
  return JSON.stringify([span!.kind, span!.name, call, json.length, json.slice(0, COMPARED_CHARACTERS)]);
}

/** Whether a call is inside another one, or inside a repetition of that one, which has the same name. */
function isInside({ span }: AssembledEvent, outer: AssembledEvent, { spans }: AssembledTrace): boolean {
  const seen = new Set<string>();
  for (let id = span!.parent; id !== null && !seen.has(id); id = spans.get(id)?.parent ?? null) {
    const around = spans.get(id);
    if (around && around.kind === outer.span!.kind && around.name === outer.span!.name) return true;
    seen.add(id);
  }
  return false;
}
