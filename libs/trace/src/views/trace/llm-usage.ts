import type { SummaryDto } from '../../contract/responses.js';
import type { AssembledSpan, AssembledTrace } from './assemble.js';

type Usage = { input?: number; output?: number; total?: number };

/**
 * Token counts as the providers name them: OpenAI, Anthropic, Gemini, Bedrock, Cohere, Ollama, and the frameworks
 * that pass them on in camel case.
 */
const INPUT = [
  'input_tokens',
  'prompt_tokens',
  'inputTokens',
  'promptTokens',
  'promptTokenCount',
  'inputTokenCount',
  'prompt_eval_count',
];
const OUTPUT = [
  'output_tokens',
  'completion_tokens',
  'outputTokens',
  'completionTokens',
  'candidatesTokenCount',
  'outputTokenCount',
  'eval_count',
];
const TOTAL = ['total_tokens', 'totalTokens', 'totalTokenCount'];

/** Outputs are bounded by capture, but one of 256 KiB still is a long walk for a list of three numbers. */
const MAX_VISITED = 500;

/**
 * Calls and tokens of the `llm` spans. A span that wraps other `llm` spans (a chain around a model) is no call of its
 * own; its tokens count only if the calls inside do not say theirs.
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

/** The nearest `llm` span around `span`. A parent chain that bites its own tail (torn data) ends the search. */
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

/** What the parts of a stream counted, else what the output says. */
function usageOfSpan(span: AssembledSpan): Usage {
  const { input, output, total } = findUsage(span.usage);
  return (input ?? output ?? total) === undefined ? findUsage(span.output) : { input, output, total };
}

/** The shallowest object that counts tokens: `usage` beside the text wins over a copy deep in raw responses. */
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
