import type { ZonedStamp } from '../../../model/trace-id.js';
import { fitCells, padCells } from './cell-width.js';
import type { Ansi } from './ansi.js';
import { terminalSafe } from '../../text/visible-text.js';

/** Colours, width and time zone of the human format. */
export interface Page {
  ansi: Ansi;
  width: number;
  zone: ZonedStamp;
  /** Times of this date are shown without the date. */
  today: string | undefined;
}

/** `2024-01-20 14:30:22`, or only the time where the date is today. The text itself where it is no time. */
export function localTime(iso: string, page: Page): string {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) return terminalSafe(iso);
  const { date, time } = page.zone.at(ms * 1000);
  return date === page.today ? time : `${date} ${time}`;
}

/** A heading and its indented lines, with an empty line before. Nothing when there are no lines. */
export function section(title: string, lines: string[], page: Page): string[] {
  return lines.length === 0 ? [] : ['', page.ansi.bold(title), ...lines.map((line) => `  ${line}`)];
}

/** `name  value` lines with the values in one column; pairs without a value are left out. */
export function pairs(entries: [string, string | null | undefined][], page: Page): string[] {
  const given = entries.filter((entry): entry is [string, string] => entry[1] !== null && entry[1] !== undefined);
  const width = Math.max(0, ...given.map(([name]) => name.length));
  return given.map(([name, value]) => `${page.ansi.dim(padCells(name, width))}  ${terminalSafe(value)}`);
}

/** A value as one line of JSON, cut to the page. */
export function oneLineJson(value: unknown, page: Page): string {
  return fitCells(terminalSafe(JSON.stringify(value) ?? 'undefined'), Math.max(20, page.width - 6));
}
