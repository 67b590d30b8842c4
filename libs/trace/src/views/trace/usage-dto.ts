import type { CallUsageDto, UsageDto } from '../../contract/responses.js';
import type { TraceHead, TraceUsage, UsageSums } from '../../model/trace.js';
import { totalTokens, type UsageFields } from '../../model/usage.js';
import { addSums, emptySums } from '../../model/usage-sums.js';

const NANO = 1e9;

/** Sums over model calls as every response has them: what no call reported is absent. */
export function usageDto(sums: UsageSums & Partial<Pick<TraceUsage, 'prices'>>): UsageDto {
  const { calls, input, output, total, unknownTokens, unknownCost, costNano } = sums;
  const hasTokens = total > 0;
  // Calls of which only the sum was reported have neither part.
  const hasParts = input + output > 0;
  return {
    calls,
    ...(hasParts && { input_tokens: input, output_tokens: output }),
    ...(sums.cacheRead > 0 && { cache_read_tokens: sums.cacheRead }),
    ...(sums.cacheWrite > 0 && { cache_write_tokens: sums.cacheWrite }),
    ...(sums.reasoning > 0 && { reasoning_tokens: sums.reasoning }),
    ...(hasTokens && { total_tokens: total }),
    ...(unknownTokens > 0 && { unknown_token_calls: unknownTokens }),
    // Nothing is claimed of calls that reported nothing, also where the provider refused all of them.
    cost_usd: costNano === 0 && (unknownCost >= calls || total === 0) ? null : costNano / NANO,
    ...(unknownCost > 0 && { unknown_cost_calls: unknownCost }),
    ...(sums.prices && sums.prices.length > 0 && { prices: sums.prices }),
  };
}

/** Tokens of one model call. @param nano cost in billionths of a US dollar; `undefined`: not known */
export function callUsageDto(usage: UsageFields, nano: number | undefined): CallUsageDto {
  const dto: Record<keyof CallUsageDto, unknown> = {
    model: usage.model,
    provider: usage.provider,
    input_tokens: usage.input,
    output_tokens: usage.output,
    cache_read_tokens: usage.cache_read,
    cache_write_tokens: usage.cache_write,
    reasoning_tokens: usage.reasoning,
    total_tokens: totalTokens(usage),
    cost_usd: nano === undefined ? null : nano / NANO,
  };
  return Object.fromEntries(Object.entries(dto).filter(([, value]) => value !== undefined)) as CallUsageDto;
}

/** Sums over the model calls of several traces; `undefined`: they made none. */
export function usageOfTraces(heads: readonly Pick<TraceHead, 'usage'>[]): UsageDto | undefined {
  const used = heads.flatMap(({ usage }) => usage ?? []);
  if (used.length === 0) return undefined;
  const sums = emptySums();
  for (const usage of used) addSums(sums, usage);
  return usageDto(sums);
}

/** What follows a model's name in the name of the version that answered. */
const VERSION = /^[-@:](?:v?\d[\d.:-]*|latest)$/;

/** Models without the dated versions of those that were asked for: `gpt-5-mini-2025-08-07` beside `gpt-5-mini`. */
export function shownModels(models: readonly string[]): string[] {
  return models.filter(
    (model) =>
      !models.some((other) => other !== model && model.startsWith(other) && VERSION.test(model.slice(other.length))),
  );
}
