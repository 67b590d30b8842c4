import { wallNow } from '../../model/timers.js';
import type { Convert } from './query-reader.js';

/** What `since` and `until` take, for messages. */
export const MOMENT_HELP =
  'an ISO 8601 time (2024-01-20 or 2024-01-20T14:30:22Z), milliseconds since 1970, or how long ago (30m, 2h, 7d)';

const UNIT_MS: Record<string, number> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};
const AGO = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d|w)$/;
const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+ -]\d{2}:?\d{2})?)?$/i;

/**
 * Text to microseconds since 1970. A date alone is midnight UTC; a time without an offset is in the process's zone,
 * as in JavaScript. An offset's `+` that a client left unescaped arrives as a space and is taken for what it was.
 */
export function asMoment(nowMs: () => number = wallNow): Convert {
  return (text) => {
    const ago = AGO.exec(text);
    if (ago) return Math.round((nowMs() - Number(ago[1]) * (UNIT_MS[ago[2] as string] as number)) * 1000);
    if (/^\d{1,13}$/.test(text)) return Number(text) * 1000;
    return fromIso(text) ?? text;
  };
}

function fromIso(text: string): number | undefined {
  const parts = ISO.exec(text);
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second = '00', fraction = '', offset = ''] = parts;
  // `Date` takes 31 February for 2 March: whoever wrote that meant something else.
  if (Number(day) > new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()) return undefined;
  const zone = offset.replace(' ', '+').toUpperCase();
  const iso =
    hour === undefined ? `${year}-${month}-${day}` : `${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`;
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) return undefined;
  return ms * 1000 + Number(fraction.slice(0, 6).padEnd(6, '0'));
}
