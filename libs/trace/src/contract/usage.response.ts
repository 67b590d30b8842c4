/** Tokens and cost of model calls. A number that no call reported is absent. */
export interface UsageDto {
  /** Number of model calls. */
  calls: number;
  /** All input tokens, those read from and written to a cache included. */
  input_tokens?: number;
  /** All output tokens, reasoning included. */
  output_tokens?: number;
  /** Part of `input_tokens`. */
  cache_read_tokens?: number;
  /** Part of `input_tokens`. */
  cache_write_tokens?: number;
  /** Part of `output_tokens`. */
  reasoning_tokens?: number;
  /** Input and output. */
  total_tokens?: number;
  /** Calls that reported no tokens. Absent: all did. */
  unknown_token_calls?: number;
  /** Sum of the known costs in US dollars; `null`: none is known. */
  cost_usd?: number | null;
  /** Calls whose cost is not known. Absent: all are. */
  unknown_cost_calls?: number;
  /**
   * Where the prices of one trace come from: `table` (the application's own), `provider` (its report), `list 0.1.8` (the kept
   * list and its version). Absent: no cost is known, or the sums are of several traces.
   */
  prices?: string[];
}

/** Tokens and cost of one model call. */
export interface CallUsageDto extends Omit<
  UsageDto,
  'calls' | 'unknown_token_calls' | 'unknown_cost_calls' | 'prices'
> {
  /** The model that answered, else the one that was asked for. */
  model?: string;
  /** `openai`, `anthropic`, … */
  provider?: string;
}
