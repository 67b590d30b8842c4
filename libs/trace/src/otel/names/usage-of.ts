import { providerName } from '../../model/provider-name.js';
import { hasCounts, normaliseUsage, type UsageFields } from '../../model/usage.js';
import type { OtelAttributes } from '../otel-span.js';
import { NAMES, USAGE_NAMES } from './attribute-names.js';
import { numberOfFirst, textOfFirst } from './values.js';

const COUNTS = Object.entries(USAGE_NAMES) as [keyof typeof USAGE_NAMES, readonly string[]][];

/** Tokens and cost of a model call under our names; `undefined`: the span has none. */
export function usageOf(attributes: OtelAttributes): UsageFields | undefined {
  const counts: Partial<Record<keyof typeof USAGE_NAMES, number>> = {};
  for (const [name, names] of COUNTS) {
    const count = numberOfFirst(attributes, names);
    if (count !== undefined && count >= 0) counts[name] = count;
  }
  const usage = normaliseUsage(counts);
  if (!usage || !hasCounts(usage)) return undefined;
  const model = textOfFirst(attributes, NAMES.responseModel) ?? textOfFirst(attributes, NAMES.model);
  const provider = providerName(textOfFirst(attributes, NAMES.provider));
  if (model !== undefined) usage.model = model;
  if (provider !== undefined) usage.provider = provider;
  return usage;
}
