import type { EventDto } from '../../../contract/responses.js';
import type { AssembledSpan, AssembledTrace } from '../../trace/assemble.js';
import { spellMs } from '../../text/durations.js';
import { describeEvent } from '../../events/event-types.js';
import type { EventTypes } from '../../events/event-types.js';

/**
 * End of the hint about a slow trace: the span with the longest own time (without its children's), or the longest time
 * without an open span where that is longer. The empty text for a trace with neither.
 */
export function slowestStep(trace: AssembledTrace, types: EventTypes): string {
  const step = longest(ownTimes(trace));
  const gap = longest(silences(trace));
  if (step && step.ms > 0 && (!gap || step.ms >= gap.ms)) {
    return `, of which ${step.of.name} took ${spellMs(step.ms)}`;
  }
  return gap ? `; nothing happened for ${spellMs(gap.ms)} after ${describeEvent(gap.of, types)}` : '';
}

interface Took<T> {
  of: T;
  ms: number;
}

function ownTimes(trace: AssembledTrace): Took<AssembledSpan>[] {
  const children = new Map<string, AssembledSpan[]>();
  for (const span of trace.spans.values()) {
    if (span.parent === null) continue;
    const siblings = children.get(span.parent);
    if (siblings) siblings.push(span);
    else children.set(span.parent, [span]);
  }
  return [...trace.spans.values()].map((span) => ({ of: span, ms: ownMs(span, children.get(span.id) ?? [], trace) }));
}

/** Own time of a span in milliseconds. Children may overlap, so the union of their times is subtracted and not the sum. */
function ownMs(span: AssembledSpan, children: AssembledSpan[], trace: AssembledTrace): number {
  const end = endOf(span, trace);
  let free = 0;
  let at = span.startedAt;
  for (const child of children.sort((a, b) => a.startedAt - b.startedAt)) {
    if (child.startedAt >= end) break;
    if (child.startedAt > at) free += child.startedAt - at;
    at = Math.max(at, endOf(child, trace));
  }
  return (free + Math.max(0, end - at)) / 1000;
}

/** Times between two events without an open span. */
function silences(trace: AssembledTrace): Took<EventDto>[] {
  const found: Took<EventDto>[] = [];
  const inTime = trace.events.filter(({ late }) => !late).sort((a, b) => a.at - b.at);
  let last: { of: EventDto; until: number } | undefined;
  for (const { dto, at, span } of inTime) {
    if (last && at > last.until) found.push({ of: last.of, ms: (at - last.until) / 1000 });
    const until = span ? endOf(span, trace) : at;
    if (!last || until >= last.until) last = { of: dto, until };
  }
  return found;
}

/** End of a span; of an open span the time of the trace's last event. */
function endOf({ startedAt, endedAt }: AssembledSpan, { head }: AssembledTrace): number {
  return endedAt ?? Math.max(startedAt, head.lastAt);
}

function longest<T>(candidates: Took<T>[]): Took<T> | undefined {
  return candidates.reduce<Took<T> | undefined>((best, next) => (best && best.ms >= next.ms ? best : next), undefined);
}
