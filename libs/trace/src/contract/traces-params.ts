import type { LoggedLevel } from '../model/trace.js';
import type { TracesParams } from './trace-queries.js';

/** Filters of the question `traces` under the names that REST, MCP and the page use. */
interface GivenFilters extends Pick<
  TracesParams,
  'limit' | 'before' | 'sort' | 'fingerprint' | 'status' | 'q' | 'since' | 'until'
> {
  contact_id?: string;
  min_duration_ms?: number;
  agent?: string;
  tool?: string;
  model?: string;
  host?: string;
  log?: LoggedLevel;
  tag?: string;
  instance?: string;
  min_cost_usd?: number;
  max_cost_usd?: number;
  min_tokens?: number;
  max_tokens?: number;
}

/** The same filters under the names of `TraceQueries.traces`. */
export function tracesParams({
  contact_id: contactId,
  min_duration_ms: minDurationMs,
  min_cost_usd: minCostUsd,
  max_cost_usd: maxCostUsd,
  min_tokens: minTokens,
  max_tokens: maxTokens,
  ...given
}: GivenFilters): TracesParams {
  return { ...given, contactId, minDurationMs, minCostUsd, maxCostUsd, minTokens, maxTokens };
}
