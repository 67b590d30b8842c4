import type { ZonedStamp } from '../../../model/trace-id.js';
import { isObject } from '../../../model/objects.js';
import type { ListColumn } from '../list-columns.js';
import { valueLines, valueWords } from '../../text/value-words.js';
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
  /** Columns of a list, where a person chose them. */
  columns?: readonly ListColumn[];
  /** The command that shows the page of a list after this cursor. */
  more?: (cursor: string) => string;
  /** A trace id, made safe, as a link to its page where the terminal has links. `shown`: other text of it. */
  linked: (traceId: string, shown?: string) => string;
}

/** `2024-01-20 14:30:22`, or only the time where the date is today. The text itself where it is no time. */
export function localTime(iso: string, page: Pick<Page, 'zone' | 'today'>): string {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) return terminalSafe(iso);
  const { date, time } = page.zone.at(ms * 1000);
  return date === page.today ? time : `${date} ${time}`;
}

/** The time in at most 12 cells, for rows: `14:30:22`, `Jan 20 14:30` where the date is not today, with the year in another year. */
export function rowTime(iso: string, page: Pick<Page, 'zone' | 'today'>): string {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) return terminalSafe(iso);
  const { date, time } = page.zone.at(ms * 1000);
  if (date === page.today) return time;
  if (page.today === undefined || date.slice(0, 4) !== page.today.slice(0, 4)) return date;
  return `${MONTHS[Number(date.slice(5, 7)) - 1]} ${date.slice(8)} ${time.slice(0, 5)}`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

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

/** `name: value`, or for an object its `key: value` lines below the name; each line cut to the page. */
export function named(name: string, value: unknown, page: Page): string[] {
  const room = Math.max(20, page.width - 6);
  if (!isObject(value)) return [fitCells(terminalSafe(`${name}: ${valueWords(value)}`), room)];
  return [`${name}:`, ...valueLines(value).map((line) => `  ${fitCells(terminalSafe(line), room)}`)];
}
