import { contactSlug } from './contact-id.js';
import type { Micros } from './record.js';

/** `<contact>_<YYYYMMDD>_<HHMMSS>_<microseconds>`, in the time of `zone`. The caller gives each trace another `at`. */
export function formatTraceId(contact: string | undefined, at: Micros, zone: ZonedStamp): string {
  return `${contactSlug(contact)}_${zone.compactAt(at)}_${String(at % 1_000_000).padStart(6, '0')}`;
}

/** The zones of the world are at most 12 hours behind UTC and 14 ahead; an hour is added to both. */
const ZONES_US = { behind: 13 * 3_600_000_000, ahead: 15 * 3_600_000_000 };

/** The range in which a trace with this id began, in microseconds: its stamp in any zone of the world. `undefined`: it is no id. */
export function momentOfTraceId(traceId: string): { since: Micros; until: Micros } | undefined {
  const match = /_(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)_\d{6}$/.exec(traceId);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const stamped = Date.UTC(year, month - 1, day, hour, minute, second) * 1000;
  return { since: stamped - ZONES_US.ahead, until: stamped + ZONES_US.behind };
}

/** Date and time of day in one time zone. One Intl formatter is kept: making one costs about 50 µs. */
export class ZonedStamp {
  private readonly format: Intl.DateTimeFormat;
  private lastSecond = Number.NaN;
  private last = { date: '', time: '' };
  private compact = '';

  /** @param timeZone an IANA name; the process's own zone when left out. Throws a RangeError for an unknown one. */
  constructor(timeZone?: string) {
    this.format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
  }

  get timeZone(): string {
    return this.format.resolvedOptions().timeZone;
  }

  /** `{ date: '2024-01-20', time: '14:30:22' }`. */
  at(micros: Micros): { date: string; time: string } {
    const second = Math.floor(micros / 1_000_000);
    if (second !== this.lastSecond) {
      const parts: Record<string, string> = {};
      for (const { type, value } of this.format.formatToParts(second * 1000)) parts[type] = value;
      this.last = {
        date: `${parts.year}-${parts.month}-${parts.day}`,
        time: `${parts.hour}:${parts.minute}:${parts.second}`,
      };
      this.compact = `${parts.year}${parts.month}${parts.day}_${parts.hour}${parts.minute}${parts.second}`;
      this.lastSecond = second;
    }
    return this.last;
  }

  /** `20240120_143022`. */
  compactAt(micros: Micros): string {
    this.at(micros);
    return this.compact;
  }
}

/** The last second and its text: a trace has many events in one second. */
let second = Number.NaN;
let writtenSecond = '';

/** ISO 8601 in UTC with microseconds: `2024-01-20T14:30:22.123456Z`. */
export function isoMicros(micros: Micros): string {
  const wanted = Math.floor(micros / 1_000_000);
  if (wanted !== second) {
    writtenSecond = new Date(wanted * 1000).toISOString().slice(0, 19);
    second = wanted;
  }
  return `${writtenSecond}.${String(Math.floor(micros) % 1_000_000).padStart(6, '0')}Z`;
}
