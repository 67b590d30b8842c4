import { ATTRIBUTE } from '../../model/attributes.js';
import type { SpanId } from '../../model/record.js';
import { factsIn } from '../../model/vocabulary.js';
import { recordedUsage } from '../../model/usage.js';
import { addSums, emptySums } from '../../model/usage-sums.js';
import type { StepSample, StoredTrace, TraceSample, TraceUsage, UsageSums } from '../../model/trace.js';

/** Steps with their durations, and sums over model calls: in all, by day, by model and by agent. */
export function sampleUsage(traces: StoredTrace[]): Pick<TraceSample, 'usage' | 'usageByDay' | 'steps'> {
  const steps = [...namedSteps(traces)];
  const used = traces.filter(({ head }) => head.usage);
  if (used.length === 0) return steps.length === 0 ? {} : { steps };
  const usage = emptySums();
  const days = new Map<number, UsageSums>();
  for (const { head } of used) {
    const day = Math.floor(head.startedAt / DAY) * DAY;
    if (!days.has(day)) days.set(day, emptySums());
    addSums(days.get(day)!, head.usage!);
    addSums(usage, head.usage!);
  }
  const byDay = Array.from(days, ([startedAt, sums]) => ({ startedAt, usage: sums }));
  return { usage, usageByDay: byDay.sort((a, b) => a.startedAt - b.startedAt), steps };
}

const DAY = 86_400_000_000;

/** Agents, tools, models and hosts with the durations of their spans. */
function namedSteps(traces: StoredTrace[]): Iterable<StepSample> {
  const steps = new Map<string, StepSample>();
  const step = (kind: StepSample['kind'], name: unknown): StepSample | undefined => {
    if (typeof name !== 'string' || name === '') return undefined;
    const key = `${kind}:${name}`;
    const known = steps.get(key) ?? { kind, name, count: 0, errors: 0, durations: [], weights: [], totalMs: 0 };
    steps.set(key, known);
    return known;
  };
  for (const { head, records } of traces) {
    const open = new Map<SpanId, StepSample[]>();
    const routed = new Set<string>();
    for (const record of records) {
      if (record.kind === 'event') {
        const { to, tool } = factsIn(record);
        if (to !== undefined) routed.add(to);
        const called = step('tool', tool);
        if (called) called.count += 1;
        if (called && record.ms !== undefined) took(called, record.ms);
      } else if (record.kind === 'span') {
        const { type, name, attributes } = record;
        const own = type === 'agent' || type === 'tool' ? step(type, name) : undefined;
        const begun = [own, step('host', attributes?.[ATTRIBUTE.host])].filter((each) => each !== undefined);
        for (const each of begun) each.count += 1;
        if (type === 'agent') routed.delete(name);
        open.set(record.span, begun);
      } else if (record.kind === 'span_end') {
        const usage = record.usage === undefined ? undefined : recordedUsage(record.usage);
        const model = usage?.calls === 0 ? undefined : step('model', usage?.model);
        if (model) model.count += 1;
        for (const each of [...(open.get(record.span) ?? []), ...(model ? [model] : [])]) {
          if (record.outcome === 'error') each.errors += 1;
          took(each, record.ms);
        }
      }
    }
    // An agent that was routed to and has no span was used once.
    for (const name of routed) step('agent', name)!.count += 1;
    addUsage(head.usage, step);
  }
  for (const { durations } of steps.values()) durations.sort((a, b) => a - b);
  return steps.values();
}

function took(step: StepSample, ms: number): void {
  step.durations.push(ms);
  step.weights.push(1);
  step.totalMs += ms;
}

function addUsage(
  usage: TraceUsage | null,
  step: (kind: StepSample['kind'], name: string) => StepSample | undefined,
): void {
  for (const [kind, all] of [
    ['model', usage?.models ?? {}],
    ['agent', usage?.agents ?? {}],
  ] as const) {
    for (const [name, sums] of Object.entries(all)) {
      const of = step(kind, name);
      if (of) addSums((of.usage ??= emptySums()), sums);
    }
  }
}
