/** A calendar date as a text has it. It may be one that no calendar has. */
export interface DateValue {
  /** `null`: the text does not name the year. */
  readonly year: number | null;
  readonly month: number;
  readonly day: number;
}

/** A date in a value, and the name of the member that holds it; `''`: none has a name. */
export interface PlacedDate extends DateValue {
  readonly key: string;
}

/** Bounds of a walk through a value: texts that are read, their characters, and the depth. */
const MAX_TEXTS = 200;
const MAX_CHARACTERS = 2_000;
const MAX_DEPTH = 6;

const MONTHS = [
  'january|enero|jan|ene',
  'february|febrero|feb',
  'march|marzo|mar',
  'april|abril|apr|abr',
  'may|mayo',
  'june|junio|jun',
  'july|julio|jul',
  'august|agosto|aug|ago',
  'september|septiembre|setiembre|sep|sept',
  'october|octubre|oct',
  'november|noviembre|nov',
  'december|diciembre|dec|dic',
];
const NAMED = MONTHS.join('|');
const ISO = /(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)/g;
const DAY_FIRST = new RegExp(
  String.raw`(?<![\p{L}\p{N}])(\d{1,2})(?:st|nd|rd|th)?(?: de| of)? (${NAMED})(?![\p{L}])(?:,? (?:de |del )?(\d{4}))?`,
  'giu',
);
const MONTH_FIRST = new RegExp(
  String.raw`(?<![\p{L}\p{N}])(${NAMED})\.? (\d{1,2})(?:st|nd|rd|th)?(?![\d:])(?:,? (\d{4}))?`,
  'giu',
);

/**
 * The dates of a text: `2026-03-02`, `2 de marzo de 2026`, `March 2, 2026`, `2 March`. Not `02/03/2026`, which is read in two
 * ways.
 */
export function datesIn(text: string): DateValue[] {
  const read = text.slice(0, MAX_CHARACTERS);
  const found: DateValue[] = [];
  const add = (year: string | undefined, month: number, day: string | undefined): void => {
    if (month >= 1 && month <= 12 && Number(day) >= 1 && Number(day) <= 31)
      found.push({ year: year === undefined ? null : Number(year), month, day: Number(day) });
  };
  for (const [, year, month, day] of read.matchAll(ISO)) add(year, Number(month), day);
  for (const [, day, month, year] of read.matchAll(DAY_FIRST)) add(year, monthOf(month!), day);
  for (const [, month, day, year] of read.matchAll(MONTH_FIRST)) add(year, monthOf(month!), day);
  return found;
}

/** The ISO dates in a value, with the names of their members. */
export function placedDates(value: unknown): PlacedDate[] {
  const found: PlacedDate[] = [];
  let texts = 0;
  const walk = (part: unknown, key: string, depth: number): void => {
    if (texts >= MAX_TEXTS || depth > MAX_DEPTH) return;
    if (typeof part === 'string') {
      texts += 1;
      for (const [, year, month, day] of part.slice(0, MAX_CHARACTERS).matchAll(ISO)) {
        found.push({ key, year: Number(year), month: Number(month), day: Number(day) });
      }
    } else if (Array.isArray(part)) for (const item of part) walk(item, key, depth + 1);
    else if (typeof part === 'object' && part !== null) {
      for (const [name, member] of Object.entries(part)) walk(member, plainKey(name), depth + 1);
    }
  };
  walk(value, '', 0);
  return found;
}

export function sameDate(a: DateValue, b: DateValue): boolean {
  return a.month === b.month && a.day === b.day && (a.year === null || b.year === null || a.year === b.year);
}

/** `2026-03-02`; without a year `03-02`. */
export function spellDate({ year, month, day }: DateValue): string {
  return [...(year === null ? [] : [year]), two(month), two(day)].join('-');
}

/** The date that a calendar makes of one that it does not have: 30 February is 2 March. `undefined`: it exists. */
export function rolledOver({ year, month, day }: DateValue): DateValue | undefined {
  if (year === null || month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() === month - 1) return undefined;
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** How a date differs from another one in a way that programs make; `undefined`: in none of these. */
export function slipOf(from: DateValue, to: DateValue): string | undefined {
  if (from.year === null || sameDate(from, to)) return undefined;
  if (from.month === to.day && from.day === to.month && (to.year === null || to.year === from.year)) {
    return 'day and month are swapped';
  }
  const years = to.year === null ? 0 : Math.abs(to.year - from.year);
  return years === 1 && from.month === to.month && from.day === to.day ? 'the year differs by one' : undefined;
}

function monthOf(name: string): number {
  const word = name.toLowerCase();
  return MONTHS.findIndex((names) => names.split('|').includes(word)) + 1;
}

function plainKey(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N}]/gu, '').toLowerCase();
}

function two(part: number): string {
  return String(part).padStart(2, '0');
}
