import { dollars } from '../../../trace/src/model/money.js';
import type { UsageDto } from '../api/responses.js';

/** The token counts that a sentence about usage reads: of one call or of a sum. */
type Tokens = Pick<UsageDto, 'input_tokens' | 'output_tokens' | 'total_tokens'>;

/** `1,234`, `45.6k`, `7.8M`: a column of rows has no place for all digits. */
export function shortCount(count: number): string {
  if (count < 10_000) return count.toLocaleString('en-US');
  if (count < 999_950) return `${(count / 1_000).toFixed(1)}k`;
  return `${(count / 1_000_000).toFixed(1)}M`;
}

/** `812→64 tokens`; one number where the provider reports no parts; empty where it reports none. */
export function tokenWords({ input_tokens: input, output_tokens: output, total_tokens: total }: Tokens): string {
  if (input !== undefined && output !== undefined) {
    return `${input.toLocaleString('en-US')}→${output.toLocaleString('en-US')} tokens`;
  }
  const known = input ?? output ?? total;
  return known === undefined ? '' : `${known.toLocaleString('en-US')} tokens`;
}

/** All tokens of a sum; `undefined`: no call reported any. */
export function tokenCount({ input_tokens: input, output_tokens: output, total_tokens: total }: Tokens) {
  if (total !== undefined) return total;
  return input === undefined && output === undefined ? undefined : (input ?? 0) + (output ?? 0);
}

/** The cost of one call or of a sum. An unknown cost is named and never counted as $0. */
export function costWords({ cost_usd: cost, unknown_cost_calls: unknown = 0 }: Partial<UsageDto>): string {
  if (cost === undefined || cost === null) return 'cost unknown';
  return unknown === 0 ? dollars(cost) : `${dollars(cost)}, cost of ${unknown} call${unknown === 1 ? '' : 's'} unknown`;
}

/** `3 model calls · 1,912→113 tokens · $0.0004`. */
export function usageWords(usage: UsageDto): string {
  const calls = `${usage.calls.toLocaleString('en-US')} model call${usage.calls === 1 ? '' : 's'}`;
  return [calls, tokenWords(usage), costWords(usage)].filter(Boolean).join(' · ');
}

/** The cost of one call; empty where it is not computed yet: the stream has the calls of a running trace without their cost. */
export function callCost({ cost_usd: cost }: Pick<UsageDto, 'cost_usd'>): string {
  return cost === undefined ? '' : costWords({ cost_usd: cost });
}

/** The cost of a sum for a column: `$0.0031`, `$0.0031+` where some calls are of unknown cost, `unknown` where all are. */
export function costCell({ cost_usd: cost, unknown_cost_calls: unknown = 0 }: Partial<UsageDto>): string {
  if (cost === undefined || cost === null) return 'unknown';
  return unknown === 0 ? dollars(cost) : `${dollars(cost)}+`;
}
