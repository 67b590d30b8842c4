import { types } from 'node:util';
import { dataAt } from './data-at.js';

/** Counts of a model call, under the provider's own names; some providers nest details. */
export type StreamUsage = Record<string, number | Record<string, number>>;

/** Where parts of streams count tokens. */
const PATHS: readonly (readonly string[])[] = [
  // The last chunk of OpenAI Chat Completions; Anthropic's `message_delta`; the AI SDK's `finish-step`
  ['usage'],
  // Anthropic's `message_start`
  ['message', 'usage'],
  // OpenAI Responses: `response.completed`
  ['response', 'usage'],
  // Bedrock Converse
  ['metadata', 'usage'],
  // Gemini
  ['usageMetadata'],
  // Mistral, Cohere, Groq
  ['data', 'usage'],
  ['delta', 'usage', 'tokens'],
  ['x_groq', 'usage'],
  // The AI SDK's `finish`: the sum of all its steps, so it comes last
  ['totalUsage'],
];

const MAX_KEYS = 40;
const COUNTED = /token|eval_count|^cost$/i;

/** Adds what a part of a stream says about tokens to what earlier parts said. */
export function addUsage(sofar: StreamUsage | undefined, part: unknown): StreamUsage | undefined {
  if (typeof part !== 'object' || part === null) return sofar;
  let usage = sofar;
  // Later counts replace earlier ones of the same name: they are totals of the whole message.
  for (const path of PATHS) usage = merged(usage, usageIn(dataAt(part, ...path)));
  // LangChain's chunks are made to be added up.
  usage = summed(usage, usageIn(dataAt(part, 'usage_metadata')));
  // Ollama's last part is its own usage.
  return dataAt(part, 'done') === true ? merged(usage, usageIn(part)) : usage;
}

function usageIn(value: unknown, nested = false): StreamUsage | undefined {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return undefined;
  let usage: StreamUsage | undefined;
  for (const key of Object.keys(value).slice(0, MAX_KEYS)) {
    if (!COUNTED.test(key)) continue;
    const count = dataAt(value, key);
    const kept = isCount(count)
      ? count
      : nested
        ? undefined
        : (usageIn(count, true) as Record<string, number> | undefined);
    if (kept !== undefined) usage = { ...usage, [key]: kept };
  }
  return usage;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function merged(a: StreamUsage | undefined, b: StreamUsage | undefined): StreamUsage | undefined {
  return b === undefined ? a : { ...a, ...b };
}

function summed(a: StreamUsage | undefined, b: StreamUsage | undefined): StreamUsage | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const sum = { ...a };
  for (const [key, count] of Object.entries(b)) {
    const before = sum[key];
    sum[key] = typeof before === 'number' && typeof count === 'number' ? before + count : count;
  }
  return sum;
}
