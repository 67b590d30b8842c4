import { types } from 'node:util';

/**
 * Tokens of model calls, under names of our own. `input` and `output` are totals: cached and reasoning tokens are parts
 * of them, never added to them. A count that the provider did not report is absent.
 */
export interface UsageFields {
  /** `openai`, `anthropic`, … */
  provider?: string;
  /** The model that answered, else the one that was asked for. */
  model?: string;
  /** All input tokens, those read from and written to a cache included. */
  input?: number;
  /** All output tokens, reasoning included. */
  output?: number;
  /** Part of `input` that was read from the provider's cache. */
  cache_read?: number;
  /** Part of `input` that was written to the provider's cache. */
  cache_write?: number;
  /** Part of `output`. */
  reasoning?: number;
  /** Tokens of input and output, where the provider reports no parts. */
  total?: number;
  /** What the provider says that the call cost, in US dollars. */
  cost_usd?: number;
  /** Number of calls. Absent: 1. 0: its calls are counted by spans inside it. */
  calls?: number;
  /** Name of the nearest agent span around the call. */
  agent?: string;
}

/** Token counts of a value; `undefined`: it has none. Runs no getter. */
export function normaliseUsage(value: unknown): UsageFields | undefined {
  return read(value);
}

/** Values of an output that are searched at most: capture calls this on the main thread. */
const MAX_VISITED = 100;

/**
 * Token counts in the output of a model call: those of the shallowest object that has any, because raw responses have
 * copies further down. Runs no getter and looks into no proxy.
 */
export function findUsage(output: unknown): UsageFields | undefined {
  const queue: unknown[] = [output];
  for (let visited = 0; visited < queue.length && visited < MAX_VISITED; visited += 1) {
    const value = queue[visited];
    if (typeof value !== 'object' || value === null || types.isProxy(value)) continue;
    const usage = read(value);
    if (usage) return usage;
    for (const key of Object.keys(value)) {
      if (queue.length >= MAX_VISITED) break;
      const child: unknown = Object.getOwnPropertyDescriptor(value, key)?.value;
      if (typeof child === 'object' && child !== null) queue.push(child);
    }
  }
  return undefined;
}

/** Whether any tokens or a cost are known. */
export function hasCounts(usage: UsageFields | undefined): boolean {
  return (usage?.input ?? usage?.output ?? usage?.total ?? usage?.cost_usd) !== undefined;
}

const NAMES: Readonly<Record<'input' | 'output' | 'total', readonly string[]>> = {
  input: [
    'input',
    'input_tokens',
    'prompt_tokens',
    'inputTokens',
    'promptTokens',
    'promptTokenCount',
    'inputTokenCount',
  ],
  output: [
    'output',
    'output_tokens',
    'completion_tokens',
    'outputTokens',
    'completionTokens',
    'candidatesTokenCount',
    'outputTokenCount',
  ],
  total: ['total', 'total_tokens', 'totalTokens', 'totalTokenCount'],
};

function read(value: unknown): UsageFields | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const usage: UsageFields = {};
  for (const [key, names] of Object.entries(NAMES) as ['input' | 'output' | 'total', readonly string[]][]) {
    for (const name of names) {
      const count: unknown = Object.getOwnPropertyDescriptor(value, name)?.value;
      if (typeof count !== 'number' || !Number.isFinite(count) || count < 0) continue;
      usage[key] = count;
      break;
    }
  }
  return hasCounts(usage) ? usage : undefined;
}
