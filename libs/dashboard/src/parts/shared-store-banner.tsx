import { useEffect, useState } from 'preact/hooks';
import type { HealthResponse } from '../api/responses.js';
import { ask, degraded, denied } from '../api/client.js';
import { byteSize } from '../format/bytes.js';
import { clockTime, dayUnlessToday } from '../format/time.js';
import { visible } from '../format/visible.js';

/** The list loads first: it is the reason for which people open the page. */
const LATER_MS = 2_000;
const CALM_MS = 30_000;
const OUTAGE_MS = 5_000;

/** Why traces of other instances are missing, or may come late. Nothing without a shared store. */
export function SharedStoreBanner() {
  const [shared, setShared] = useState<HealthResponse['shared']>();
  const sentence = degraded.value ?? (shared && !shared.connected ? words(shared) : undefined);
  const isOut = sentence !== undefined;
  const isShared = shared !== undefined || isOut;
  useEffect(() => {
    const abort = new AbortController();
    const look = async () => {
      if (denied.peek() !== undefined) return;
      try {
        const health = await ask('health', {}, abort.signal);
        setShared(health.shared);
        // Its answer says whether the shared store answers questions again.
        if (degraded.peek() !== undefined) await ask('traces', { limit: 1 }, abort.signal);
      } catch {
        // The page itself shows that the application does not answer.
      }
    };
    const first = setTimeout(() => void look(), shared === undefined && !isOut ? LATER_MS : 0);
    const timer = isShared ? setInterval(() => void look(), isOut ? OUTAGE_MS : CALM_MS) : undefined;
    return () => {
      abort.abort();
      clearTimeout(first);
      clearInterval(timer);
    };
  }, [isOut, isShared]);
  if (sentence === undefined) return null;
  return (
    <p class="notice notice-warn" role="status">
      {visible(sentence)}
    </p>
  );
}

function words({ since, last_error: reason, lag_bytes: waiting }: NonNullable<HealthResponse['shared']>): string {
  const at = `${dayUnlessToday(since)} ${clockTime(since)}`.trim();
  const why = reason === null ? '' : `: ${reason.replace(/[.\s]+$/, '')}`;
  const rest = waiting > 0 ? ` ${byteSize(waiting)} wait in the directory of this instance.` : '';
  return `The shared store has taken no records of this instance since ${at}${why}.${rest}`;
}
