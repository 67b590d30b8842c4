import type { PriceTable } from './model/price.js';
import { OtlpClient, type OtlpClientOptions } from './otlp/otlp-client.js';
import type { ResolvedOtlp } from './otlp/otlp.options.js';

/** Milliseconds that the end of the application waits for traces that are being sent. */
export const OTLP_CLOSE_MS = 3_000;

/** Starts to send ended traces; `undefined`: the application has no receiver. */
export function openOtlp(
  options: ResolvedOtlp | undefined,
  { prices, ...parts }: Pick<OtlpClientOptions, 'dir' | 'writer'> & { prices: PriceTable | undefined },
): OtlpClient | undefined {
  if (!options?.send) return undefined;
  return new OtlpClient({ ...parts, send: options.send, resource: options.resource, ...(prices && { prices }) });
}
