import type { UsageFields } from '../../model/usage.js';
import type { OtelAttributes } from '../otel-span.js';

/** Names of one count: OpenTelemetry's, and OpenInference's where it has one. */
const COUNTS: readonly (readonly [keyof UsageFields, string, string?])[] = [
  ['input', 'gen_ai.usage.input_tokens', 'llm.token_count.prompt'],
  ['output', 'gen_ai.usage.output_tokens', 'llm.token_count.completion'],
  ['cache_read', 'gen_ai.usage.cache_read.input_tokens', 'llm.token_count.prompt_details.cache_read'],
  ['cache_write', 'gen_ai.usage.cache_creation.input_tokens', 'llm.token_count.prompt_details.cache_write'],
  ['cache_write_1h', 'trace.usage.cache_write_1h'],
  ['reasoning', 'gen_ai.usage.reasoning.output_tokens', 'llm.token_count.completion_details.reasoning'],
];
const NANO = 1e9;

/**
 * Tokens and cost of one call, under OpenTelemetry's and OpenInference's names.
 *
 * @param costNano cost in billionths of a US dollar. Default: what the provider reported
 */
export function usageAttributes(usage: UsageFields, costNano?: number): OtelAttributes {
  const attributes: Record<string, number> = {};
  for (const [field, ...names] of COUNTS) {
    const count = usage[field];
    if (typeof count !== 'number') continue;
    for (const name of names) if (name !== undefined) attributes[name] = count;
  }
  const { input, output, total = sum(input, output) } = usage;
  if (total !== undefined) attributes['llm.token_count.total'] = total;
  const cost = costNano === undefined ? usage.cost_usd : costNano / NANO;
  if (cost !== undefined) attributes['gen_ai.usage.cost'] = attributes['llm.cost.total'] = cost;
  return attributes;
}

function sum(input: number | undefined, output: number | undefined): number | undefined {
  return input === undefined && output === undefined ? undefined : (input ?? 0) + (output ?? 0);
}
