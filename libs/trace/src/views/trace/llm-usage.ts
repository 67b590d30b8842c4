import type { SummaryDto } from '../../contract/responses.js';
import { findUsage, normaliseUsage, totalTokens, type UsageFields } from '../../model/usage.js';
import type { AssembledSpan, AssembledTrace } from './assemble.js';
import { usageDto } from './usage-dto.js';

/**
 * Model calls of a trace: the sums of its head. Journals of earlier versions have the token counts of a call in its output,
 * which is no part of the head: those are read here, without a cost.
 */
export function llmUsage(trace: AssembledTrace): SummaryDto['llm'] {
  const inside = new Map<AssembledSpan | null, AssembledSpan[]>();
  for (const span of trace.spans.values()) {
    if (span.kind !== 'llm') continue;
    const outer = enclosing(span, trace);
    inside.set(outer, [...(inside.get(outer) ?? []), span]);
  }
  const isEarlier = [...inside.values()].flat().some((span) => !inside.has(span) && hasCountsInOutput(span));
  if (trace.head.usage && !isEarlier) return usageDto(trace.head.usage);
  return inside.size === 0 ? undefined : earlierUsage(inside);
}

/** Capture records the counts that it finds in an output beside it. */
function hasCountsInOutput({ usage, output }: AssembledSpan): boolean {
  return normaliseUsage(usage) === undefined && findUsage(output) !== undefined;
}

/**
 * A span around other `llm` spans, such as a chain around a model, is not counted as a call; its tokens count only if the
 * calls inside have none.
 */
function earlierUsage(inside: ReadonlyMap<AssembledSpan | null, AssembledSpan[]>): SummaryDto['llm'] {
  let calls = 0;
  const usageOf = (span: AssembledSpan): UsageFields => {
    const inner = inside.get(span);
    if (!inner) {
      calls += 1;
      return usageOfSpan(span);
    }
    const within = inner.map(usageOf).reduce(add, {});
    return totalTokens(within) === undefined ? usageOfSpan(span) : within;
  };
  const { input, output, total } = (inside.get(null) ?? []).map(usageOf).reduce(add, {});
  return {
    calls,
    ...(input !== undefined && { input_tokens: input }),
    ...(output !== undefined && { output_tokens: output }),
    ...(total !== undefined && { total_tokens: total }),
  };
}

/** The nearest `llm` span around `span`. A cycle of parents, which torn data may have, ends the search. */
function enclosing(span: AssembledSpan, trace: AssembledTrace): AssembledSpan | null {
  const seen = new Set([span.id]);
  for (let id = span.parent; id !== null && !seen.has(id);) {
    seen.add(id);
    const parent = trace.spans.get(id);
    if (!parent) return null;
    if (parent.kind === 'llm') return parent;
    id = parent.parent;
  }
  return null;
}

/** Token counts from the parts of a stream, else from the output. */
function usageOfSpan(span: AssembledSpan): UsageFields {
  const usage = normaliseUsage(span.usage) ?? findUsage(span.output) ?? {};
  return { input: usage.input, output: usage.output, total: totalWhenKnown(usage) };
}

/** One part alone is no total. */
function totalWhenKnown({ input, output, total }: UsageFields): number | undefined {
  return total ?? (input !== undefined && output !== undefined ? input + output : undefined);
}

function add(a: UsageFields, b: UsageFields): UsageFields {
  return { input: sum(a.input, b.input), output: sum(a.output, b.output), total: sum(a.total, b.total) };
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : a + (b ?? 0);
}
