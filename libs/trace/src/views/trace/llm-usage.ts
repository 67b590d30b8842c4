import type { SummaryDto } from '../../contract/responses.js';
import type { AssembledSpan, AssembledTrace } from './assemble.js';

type Usage = { input?: number; output?: number; total?: number };

/**
 * Names of token counts at OpenAI, Anthropic, Gemini, Bedrock, Cohere and Ollama, and in frameworks that use camel case.
 */
const INPUT = [
  'input',
  'input_tokens',
  'prompt_tokens',
  'inputTokens',
  'promptTokens',
  'promptTokenCount',
  'inputTokenCount',
  'prompt_eval_count',
];
const OUTPUT = [
  'output',
  'output_tokens',
  'completion_tokens',
  'outputTokens',
  'completionTokens',
  'candidatesTokenCount',
  'outputTokenCount',
  'eval_count',
];
const TOTAL = ['total', 'total_tokens', 'totalTokens', 'totalTokenCount'];

/** Values of an output that are searched at most. Capture allows 256 KiB, which is a long search for three numbers. */
const MAX_VISITED = 500;

/**
 * Calls and tokens of the `llm` spans. A span around other `llm` spans, such as a chain around a model, is not counted as a
 * call; its tokens count only if the calls inside have none.
 */
export function llmUsage(trace: AssembledTrace): SummaryDto['llm'] {
  const inside = new Map<AssembledSpan | null, AssembledSpan[]>();
  for (const span of trace.spans.values()) {
    if (span.kind !== 'llm') continue;
    const outer = enclosing(span, trace);
    inside.set(outer, [...(inside.get(outer) ?? []), span]);
  }
  if (inside.size === 0) return undefined;

  let calls = 0;
  const usageOf = (span: AssembledSpan): Usage => {
    const inner = inside.get(span);
    if (!inner) {
      calls += 1;
      return usageOfSpan(span);
    }
    const within = inner.map(usageOf).reduce(add, {});
    return (within.input ?? within.output ?? within.total) === undefined ? usageOfSpan(span) : within;
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
function usageOfSpan(span: AssembledSpan): Usage {
  const { input, output, total } = findUsage(span.usage);
  return (input ?? output ?? total) === undefined ? findUsage(span.output) : { input, output, total };
}

/** Token counts of the shallowest object that has any, because raw responses contain copies further down. */
function findUsage(output: unknown): Usage {
  const queue: unknown[] = [output];
  for (let visited = 0; visited < queue.length && visited < MAX_VISITED; visited += 1) {
    const value = queue[visited];
    if (typeof value !== 'object' || value === null) continue;
    const usage = read(value as Record<string, unknown>);
    if (usage) return usage;
    for (const child of Object.values(value)) {
      if (typeof child === 'object' && child !== null && queue.length < MAX_VISITED) queue.push(child);
    }
  }
  return {};
}

function read(candidate: Record<string, unknown>): Usage | undefined {
  const input = first(candidate, INPUT);
  const output = first(candidate, OUTPUT);
  const total = first(candidate, TOTAL);
  if (input === undefined && output === undefined && total === undefined) return undefined;
  return { input, output, total: total ?? (input !== undefined && output !== undefined ? input + output : undefined) };
}

function first(candidate: Record<string, unknown>, names: string[]): number | undefined {
  for (const name of names) {
    const value = candidate[name];
    if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  }
  return undefined;
}

function add(a: Usage, b: Usage): Usage {
  return { input: sum(a.input, b.input), output: sum(a.output, b.output), total: sum(a.total, b.total) };
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : a + (b ?? 0);
}
