import type { UsageDto } from '../../contract/responses.js';
import { dollars } from '../../model/money.js';
import { countOf } from '../text/durations.js';

/** `3 model calls, 2310→110 tokens, $0.0012`; what is not known is said. */
export function usageWords(usage: UsageDto): string {
  return [countOf(usage.calls, 'model call'), tokensOf(usage), costOf(usage)]
    .filter((part) => part !== undefined)
    .join(', ');
}

/** `2310→110 tokens`, `tokens unknown`, or the known count with the number of calls that are not in it. */
export function tokensOf(usage: UsageDto): string {
  const { input_tokens: input, output_tokens: output, unknown_token_calls: unknown = 0 } = usage;
  const total = tokenTotal(usage);
  if (total === undefined) return 'tokens unknown';
  const known =
    input === undefined && output === undefined ? `${total} tokens` : `${input ?? '?'}→${output ?? '?'} tokens`;
  return unknown === 0 ? known : `${known} (${countOf(unknown, 'call')} without a count)`;
}

/** All tokens; `undefined`: no call reported any. */
export function tokenTotal({
  input_tokens: input,
  output_tokens: output,
  total_tokens: total,
}: UsageDto): number | undefined {
  return total ?? (input === undefined && output === undefined ? undefined : (input ?? 0) + (output ?? 0));
}

/** `$0.0012`, `cost unknown`, or the known sum with the number of calls that are not in it. */
export function costOf({ cost_usd: cost, unknown_cost_calls: unknown = 0 }: UsageDto): string {
  if (cost === undefined || cost === null) return 'cost unknown';
  return unknown === 0 ? dollars(cost) : `${dollars(cost)} and ${countOf(unknown, 'call')} of unknown cost`;
}
