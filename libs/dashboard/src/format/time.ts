/** Created on first use: the browser loads tables for each, and the first list would wait for that. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

const day = once(() => new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' }));
const long = once(() => new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' }));
/** Key is the offset from UTC in minutes: summer and winter time have different names. */
const zones = new Map<number, string>();

/** The reader's zone, short: `UTC`, `GMT+1`. */
export function zone(at: string | number | Date = Date.now()): string {
  const date = new Date(at);
  const offset = date.getTimezoneOffset();
  const known = zones.get(offset);
  if (known !== undefined || Number.isNaN(offset)) return known ?? '';
  const parts = long().formatToParts(date);
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
  zones.set(offset, name);
  return name;
}

/** `14:30:22`. */
export function clockTime(at: string | number): string {
  if (!valid(at)) return '–';
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

/** `20 Jan`, or nothing when it is today. */
export function dayUnlessToday(at: string | number, now = Date.now()): string {
  if (!valid(at)) return '';
  const date = new Date(at);
  return date.toDateString() === new Date(now).toDateString() ? '' : day().format(date);
}

export function fullTime(at: string | number): string {
  return valid(at) ? long().format(new Date(at)) : 'an unknown time';
}

/** `just now`, `4 min ago`, `3 d ago`. */
export function ago(at: string | number, now = Date.now()): string {
  const ms = now - new Date(at).getTime();
  if (Number.isNaN(ms)) return '–';
  if (ms < 10_000) return 'just now';
  return `${spell(ms)} ago`;
}

/** Rough, for gaps: `45 s`, `4 min`, `3 h`, `2 d`. */
export function spell(ms: number): string {
  const steps: [number, string][] = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
  ];
  const [unit, name] = steps.find(([size]) => ms >= size) ?? [1000, 's'];
  return `${Math.round(ms / unit)} ${name}`;
}

/** Exact enough to compare: `0.4 ms`, `340 ms`, `3.25 s`, `4:10 min`. */
export function duration(ms: number): string {
  if (ms === 0) return '0 ms';
  if (ms < 0.95) return ms < 0.05 ? '<0.1 ms' : `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9_995) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} min`;
  return `${Math.floor(seconds / 3600)}:${String(Math.floor((seconds % 3600) / 60)).padStart(2, '0')} h`;
}

/** The last parsed time without its fraction: a trace has many events in each second. */
let lastWhole = '';
let lastWholeMs = Number.NaN;

/** Milliseconds since 1970 with a fraction: the answers have microseconds, and `Date` drops three digits of them. */
export function preciseMs(iso: string): number {
  const [fraction = '', digits = '0'] = /\.(\d+)/.exec(iso) ?? [];
  const whole = iso.replace(fraction, '');
  if (whole !== lastWhole) {
    lastWhole = whole;
    lastWholeMs = Date.parse(whole);
  }
  return lastWholeMs + Number(`0.${digits}`) * 1000;
}

function valid(at: string | number): boolean {
  return !Number.isNaN(new Date(at).getTime());
}
