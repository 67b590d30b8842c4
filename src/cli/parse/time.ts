import { InvalidArgumentError } from 'commander';

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+$/;
const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/i;

/**
 * A moment, in microseconds since the epoch: a duration before `now` (`90s`, `30m`, `2h`, `1d12h`, `1w`), a date
 * (midnight where the CLI runs), a date and time (local unless it says otherwise), or milliseconds since the epoch.
 *
 * @param now milliseconds; passed in by tests.
 */
export function parseMoment(value: string, now = Date.now()): number {
  const text = value.trim();
  let ms = Number.NaN;
  if (DURATION.test(text)) ms = now - durationMs(text);
  else if (ISO.test(text) && isDay(text)) ms = Date.parse(text.length === 10 ? `${text}T00:00` : text);
  else if (/^\d{12,14}$/.test(text)) ms = Number(text);
  if (!Number.isFinite(ms) || ms < 0) {
    throw new InvalidArgumentError(
      'Give how long ago (30m, 2h, 7d), a date (2026-01-31), or a date and time (2026-01-31T14:30, with Z or an offset if it is not local).',
    );
  }
  return Math.round(ms * 1000);
}

/** `Date` takes 31 February for 2 March; whoever wrote it meant something else. */
function isDay(iso: string): boolean {
  const day = iso.slice(0, 10);
  return new Date(`${day}T00:00Z`).toJSON()?.slice(0, 10) === day;
}

function durationMs(text: string): number {
  let sum = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)) {
    sum += Number(amount) * UNITS[unit as keyof typeof UNITS];
  }
  return sum;
}
