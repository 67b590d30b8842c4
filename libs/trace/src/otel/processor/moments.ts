import type { Micros } from '../../model/record.js';
import { performance, wallNow } from '../../model/timers.js';

/** Milliseconds between a span's time and now within which it is now. The SDK's clock and ours are not read at once. */
const SAME_MS = 2;

/** A time that the span was given, as wall time and of the monotonic clock; `undefined`: it is now. */
export function momentOf(at: Micros | undefined): { readonly at: Micros; readonly mono: number } | undefined {
  if (at === undefined) return undefined;
  const ago = wallNow() - at / 1_000;
  return Math.abs(ago) <= SAME_MS ? undefined : { at, mono: performance.now() - ago };
}
