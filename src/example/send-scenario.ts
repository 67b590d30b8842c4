import type { Scenario } from './scenarios.js';

/** The part of a full trace that the demo reads. */
export interface TraceOutcome {
  trace_id: string;
  status: string;
  duration_ms: number;
  debug_hints: string[];
}

/** Longer than any scenario takes at speed 1. */
const PATIENCE_MS = 30_000;

/** Sends the scenario's webhook and waits until its trace has ended. Throws when the answer or the trace is missing. */
export async function sendScenario(url: string, scenario: Scenario): Promise<TraceOutcome> {
  const response = await fetch(url + scenario.path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...scenario.headers },
    body: JSON.stringify(scenario.body),
  });
  await response.text();
  if (response.status !== scenario.httpStatus) {
    throw new Error(`${scenario.title}: answered ${response.status}, expected ${scenario.httpStatus}`);
  }
  const traceId = response.headers.get('x-trace-id');
  if (!traceId) throw new Error(`${scenario.title}: the answer has no x-trace-id`);
  return untilEnded(url, traceId);
}

async function untilEnded(url: string, traceId: string): Promise<TraceOutcome> {
  const giveUpAt = Date.now() + PATIENCE_MS;
  for (;;) {
    const response = await fetch(`${url}/debug/trace/${encodeURIComponent(traceId)}`);
    if (!response.ok) throw new Error(`${traceId}: /debug answered ${response.status}: ${await response.text()}`);
    const trace = (await response.json()) as TraceOutcome;
    if (trace.status !== 'active') return trace;
    if (Date.now() > giveUpAt) throw new Error(`${traceId} is still running after ${PATIENCE_MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The difference from the scenario, or `undefined`. */
export function mismatch(scenario: Scenario, outcome: TraceOutcome): string | undefined {
  if (outcome.status !== scenario.traceStatus) return `status ${outcome.status}, expected ${scenario.traceStatus}`;
  if (!outcome.debug_hints.some((hint) => hint.includes(scenario.hint))) {
    return `no debug hint speaks of '${scenario.hint}': ${outcome.debug_hints.join(' | ')}`;
  }
  return undefined;
}
