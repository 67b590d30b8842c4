import { EVENT } from '../../model/vocabulary.js';
import type {
  CompareResponse,
  EventDto,
  FullTraceResponse,
  StepDifference,
  StepSide,
} from '../../contract/responses.js';
import { dataOf, number } from '../events/event-data.js';
import { alignSteps } from './step-alignment.js';
import type { AlignedStep } from './step-alignment.js';
import { valueDifferences } from './value-difference.js';

/** A step is slower if it took 1.5 times as long and 50 ms more. Smaller differences are noise. */
const NOTABLE_RATIO = 1.5;
const NOTABLE_MS = 50;

/** Members that differ between any two webhooks. They are not compared. */
const OWN_TO_EACH: Readonly<Record<string, readonly string[]>> = {
  [EVENT.received]: ['message_id', 'linked_trace_id'],
  [EVENT.acknowledged]: ['ms'],
  [EVENT.rejected]: ['ms'],
  [EVENT.aborted]: ['ms'],
};

/** Differences between two traces, from `a` to `b`. */
export function compareTraces(
  a: FullTraceResponse,
  b: FullTraceResponse,
  chosenBy: CompareResponse['chosen_by'] = 'id',
): CompareResponse {
  const steps = alignSteps(a.events, b.events).map((step) =>
    stepDifference(step, Date.parse(a.started_at), Date.parse(b.started_at)),
  );
  const counts: CompareResponse['counts'] = { same: 0, added: 0, removed: 0, changed: 0, slower: 0, faster: 0 };
  for (const { change, pace } of steps) {
    counts[change] += 1;
    if (pace !== null && pace !== change) counts[pace] += 1;
  }
  const { differences } = valueDifferences(outline(a), outline(b));
  return {
    a: comparedTrace(a),
    b: comparedTrace(b),
    chosen_by: chosenBy,
    identical: differences.length === 0 && counts.same === steps.length,
    counts,
    differences,
    steps,
  };
}

function outline({ status, webhook_message, summary, debug_hints, webhook }: FullTraceResponse): object {
  const { method, path, type, status_code, handler } = webhook;
  return { status, webhook_message, webhook: { method, path, type, status_code, handler }, summary, debug_hints };
}

function comparedTrace(trace: FullTraceResponse): CompareResponse['a'] {
  const { trace_id, contact_id, status, started_at, duration_ms, webhook_message } = trace;
  return { trace_id, contact_id, status, started_at, duration_ms, webhook_message };
}

function stepDifference({ kind, name, a, b }: AlignedStep, startOfA: number, startOfB: number): StepDifference {
  const sides = { a: a && side(a, startOfA), b: b && side(b, startOfB) };
  if (!a || !b)
    return { change: a ? 'removed' : 'added', kind, name, ...sides, pace: null, differences: [], more_differences: 0 };
  const { differences, more } = valueDifferences(comparable(a), comparable(b));
  const pace = paceOf(sides.a?.duration_ms ?? null, sides.b?.duration_ms ?? null);
  const change = differences.length > 0 ? 'changed' : (pace ?? 'same');
  return { change, kind, name, ...sides, pace, differences, more_differences: more };
}

function side(event: EventDto, start: number): StepSide {
  const at = Date.parse(event.timestamp) - start;
  return {
    seq: event.seq,
    span_id: event.span_id,
    at_ms: Number.isFinite(at) ? at : 0,
    duration_ms: event.duration_ms ?? number(dataOf(event).ms) ?? null,
  };
}

function comparable(event: EventDto): unknown {
  const own = OWN_TO_EACH[event.type];
  if (own === undefined || event.name !== null) return event.data;
  return Object.fromEntries(Object.entries(dataOf(event)).filter(([key]) => !own.includes(key)));
}

function paceOf(a: number | null, b: number | null): 'slower' | 'faster' | null {
  if (a === null || b === null || Math.abs(b - a) < NOTABLE_MS) return null;
  if (b >= a * NOTABLE_RATIO) return 'slower';
  return a >= b * NOTABLE_RATIO ? 'faster' : null;
}
