import type { Baseline, RouteBaseline, StepBaseline } from '../../../model/baseline.js';
import type { Micros } from '../../../model/record.js';
import { isoMicros } from '../../../model/trace-id.js';
import type { HintDetail } from '../../../contract/responses.js';
import type { AssembledError, AssembledTrace } from '../../trace/assemble.js';
import { countOf, spellMs } from '../../text/durations.js';
import { stepsOf, type TraceStep } from '../../trace/trace-steps.js';

/** Traces, or measured steps, that a comparison needs at least. */
export const MIN_SAMPLES = 20;
/** Share of completed traces that must have a step before its absence is a hint. */
const USUAL_SHARE = 0.95;
/** A step is slow if it took this many times the duration that 95% of the same steps stay within... */
const SLOW_TIMES = 3;
/** ...and this many milliseconds more than the median. Users do not notice smaller delays. */
const SLOW_BY_MS = 300;
/** Other traces with the same error in the last hour from which the hint appears. Fewer may be a coincidence. */
const MIN_OTHERS = 3;
/** Hints of one rule, and names in one hint; further ones are left out or counted. */
const MAX_HINTS = 3;

type Rule = (trace: AssembledTrace, baseline: Baseline) => HintDetail[];

/** Rules that compare with traces of the same route, in the order of their hints. Too few traces give no hint. */
export const BASELINE_HINTS: readonly Rule[] = [missingSteps, slowSteps, newErrors, sameFailures];

/** The narrowest route of a trace with enough completed traces. */
export function comparableRoute({ routes }: Baseline): RouteBaseline | undefined {
  return routes.find(({ completed }) => completed >= MIN_SAMPLES);
}

function missingSteps(trace: AssembledTrace, baseline: Baseline): HintDetail[] {
  const usual = comparableRoute(baseline);
  const { status, statusCode } = trace.head;
  // A refused request did not reach its steps.
  if (!usual || status === 'active' || (statusCode ?? 0) >= 400) return [];
  const had = new Set(stepsOf(trace).map(keyOf));
  const missing = usual.steps
    .filter((step) => step.traces >= usual.completed * USUAL_SHARE && !had.has(keyOf(step)))
    .sort((a, b) => b.traces - a.traces || (a.name < b.name ? -1 : 1));
  const [first] = missing;
  if (!first) return [];
  const hint =
    missing.length === 1
      ? `🧩 ${first.name} ran in ${percent(first, usual)} of completed traces, not in this one`
      : `🧩 ${listed(missing, usual)} of completed traces, not in this one`;
  const steps = missing.map(({ kind, name, traces }) => ({
    kind,
    name,
    traces,
    share: share(traces, usual.completed),
  }));
  return [{ rule: 'missing_step', hint, evidence: { ...routeOf(usual), samples: usual.completed, steps } }];
}

function slowSteps(trace: AssembledTrace, baseline: Baseline): HintDetail[] {
  // The narrow route may have too few measurements where the wider one has enough.
  const usualOf = (step: TraceStep): { route: RouteBaseline; usual: StepBaseline } | undefined => {
    for (const route of baseline.routes) {
      const usual = route.steps.find((each) => keyOf(each) === keyOf(step));
      if (usual && usual.timed >= MIN_SAMPLES && route.completed >= MIN_SAMPLES) return { route, usual };
    }
    return undefined;
  };
  const slow = stepsOf(trace).flatMap((step) => {
    const { ms } = step;
    const known = ms !== null && ms >= SLOW_BY_MS ? usualOf(step) : undefined;
    if (ms === null || !known) return [];
    const { p50Ms, p95Ms } = known.usual;
    return ms >= SLOW_TIMES * p95Ms && ms - p50Ms >= SLOW_BY_MS ? [{ ...known, step, ms }] : [];
  });
  const causes = slow.filter(({ step }) => !slow.some((other) => isInside(other.step, step, trace)));
  const slowest = new Map<string, (typeof slow)[number]>();
  for (const each of causes.sort((a, b) => b.ms - a.ms)) {
    if (!slowest.has(keyOf(each.step))) slowest.set(keyOf(each.step), each);
  }
  return [...slowest.values()].slice(0, MAX_HINTS).map(({ route, usual, step, ms }) => ({
    rule: 'slow_step',
    hint: `🐌 ${step.name} took ${spellMs(ms)}, usually ${spellMs(usual.p50Ms)}`,
    evidence: {
      ...routeOf(route),
      samples: usual.timed,
      kind: step.kind,
      name: step.name,
      span_id: step.spanId,
      took_ms: ms,
      p50_ms: rounded(usual.p50Ms),
      p95_ms: rounded(usual.p95Ms),
    },
  }));
}

function newErrors(trace: AssembledTrace, { routes, errors }: Baseline): HintDetail[] {
  // The widest route, because an error is new to a handler and not to an agent.
  const around = routes.at(-1);
  if (!around || around.ended < MIN_SAMPLES) return [];
  const first = firstOfEach(trace).filter(({ dto }) => {
    const known = errors.find(({ fingerprint }) => fingerprint === dto.fingerprint);
    return known && known.firstAt !== null && isoMicros(known.firstAt) >= dto.timestamp;
  });
  return first.slice(0, MAX_HINTS).map(({ dto: { type, location, timestamp, fingerprint } }) => ({
    rule: 'new_error',
    hint: `🆕 First time this error is seen: ${type} in ${location}`,
    evidence: { ...routeOf(around), samples: around.ended, fingerprint, first_seen: timestamp },
  }));
}

function sameFailures(trace: AssembledTrace, { errors }: Baseline): HintDetail[] {
  const common = firstOfEach(trace).flatMap(({ dto }) => {
    const known = errors.find(({ fingerprint }) => fingerprint === dto.fingerprint);
    // The trace itself is counted in `lastHour`.
    const others = (known?.lastHour ?? 0) - 1;
    return others >= MIN_OTHERS ? [{ dto, others }] : [];
  });
  common.sort((a, b) => b.others - a.others);
  return common.slice(0, MAX_HINTS).map(({ dto: { type, location, timestamp, fingerprint }, others }) => ({
    rule: 'same_failure',
    hint: `👥 ${countOf(others, 'other', 'others')} in the last hour failed the same way: ${type} in ${location}`,
    evidence: { samples: others + 1, others, until: timestamp, fingerprint },
  }));
}

/** The first error of each fingerprint. */
export function firstOfEach({ errors }: AssembledTrace): AssembledError[] {
  const first = new Map<string, AssembledError>();
  for (const error of errors) {
    if (!first.has(error.dto.fingerprint)) first.set(error.dto.fingerprint, error);
  }
  return [...first.values()];
}

/** Whether a step ran inside another one. */
function isInside(step: TraceStep, outer: TraceStep, { spans }: AssembledTrace): boolean {
  if (outer.spanId === null || step === outer) return false;
  const seen = new Set<string>();
  for (let id = step.parentId; id !== null && !seen.has(id); id = spans.get(id)?.parent ?? null) {
    if (id === outer.spanId) return true;
    seen.add(id);
  }
  return false;
}

function listed(missing: readonly StepBaseline[], usual: RouteBaseline): string {
  const first = missing.slice(0, MAX_HINTS).map(({ name }) => name);
  const rest = missing.length - first.length;
  const names =
    rest > 0 ? `${first.join(', ')} and ${rest} more` : `${first.slice(0, -1).join(', ')} and ${first.at(-1)}`;
  const [most, least] = [missing[0]!, missing.at(-1)!].map((step) => percent(step, usual));
  return `${names} ran in ${most === least ? most : `${least} to ${most}`}`;
}

/** Rounded down, so that 100% means all of them. */
function percent({ traces }: StepBaseline, { completed }: RouteBaseline): string {
  return `${Math.floor((100 * traces) / completed)}%`;
}

function share(part: number, whole: number): number {
  return Math.round((1000 * part) / whole) / 1000;
}

function rounded(ms: number): number {
  return Number(ms.toPrecision(3));
}

function keyOf({ kind, name }: { kind: string; name: string }): string {
  return `${kind} ${name}`;
}

function routeOf({ route, since }: RouteBaseline): { route: string; since: string | null } {
  return { route, since: isoOrNull(since) };
}

function isoOrNull(at: Micros | null): string | null {
  return at === null ? null : isoMicros(at);
}
