import { createHmac, timingSafeEqual } from 'node:crypto';
import { wallNow } from '../../model/timers.js';

/** Header with the signature of a webhook: `t=<seconds since 1970>,v1=<HMAC-SHA256 of "t.body", in hex>`. */
export const SIGNATURE_HEADER = 'x-trace-signature';

/** Seconds for which a signature is accepted. */
const TOLERANCE_S = 300;

/** The value of the header for a body that is sent now. */
export function signature(secret: string, body: string, nowMs: number): string {
  const t = Math.floor(nowMs / 1_000);
  return `t=${t},v1=${digest(secret, t, body)}`;
}

/**
 * Whether the header `x-trace-signature` of an alert's webhook was made with this secret, for this body, in the last five
 * minutes. Compares in constant time.
 *
 * @param body the request's body as it arrived, not parsed and written again
 * @example
 * const ok = verifyAlertSignature(process.env.ALERT_SECRET!, request.headers['x-trace-signature'], rawBody);
 */
export function verifyAlertSignature(
  secret: string,
  header: string | undefined,
  body: string | Buffer,
  nowMs: number = wallNow(),
): boolean {
  const match = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header ?? '');
  if (!match || Math.abs(nowMs / 1_000 - Number(match[1])) > TOLERANCE_S) return false;
  const expected = digest(secret, Number(match[1]), body.toString());
  return timingSafeEqual(Buffer.from(expected), Buffer.from(match[2]!));
}

function digest(secret: string, t: number, body: string): string {
  return createHmac('sha256', secret).update(`${t}.${body}`).digest('hex');
}
