import { estimateTokens } from '../views/text/token-estimate.js';
import { cutValue } from './cut-value.js';
import type { CutValue } from './cut-value.js';

/** The tokens of an answer, which is sent as JSON on one line. */
export function tokensOf(answer: unknown): number {
  return estimateTokens(JSON.stringify(answer) ?? '');
}

/** What an answer left out. Every tool has this shape. */
export interface LeftOut {
  /** What is missing, in the plural: `steps`, `traces`. */
  what: string;
  count: number;
  /** The call that has it. */
  how_to_get: string;
}

/** The key `left_out` of an answer; no key where nothing is missing. */
export function leftOut(...parts: (LeftOut | false | undefined)[]): { left_out?: LeftOut[] } {
  const missing = parts.filter((part): part is LeftOut => typeof part === 'object' && part.count > 0);
  return missing.length === 0 ? {} : { left_out: missing };
}

/** Items that fit. */
export interface Fitted<T> {
  shown: T[];
  left: number;
}

/** Lengths of texts of one item, as shares of the usual ones, from the usual one down. */
const NARROWER = [1, 0.75, 0.5, 0.35, 0.25, 0.1];
const WIDEST = 8;
/** Halvings of the range of lengths: the last step is an eighth of the usual length. */
const SEARCHES = 6;

/**
 * The first of `items` that fit into `room` tokens. Where some are left, a last one is shown with shorter texts, and the rest
 * of the room goes to longer texts, so that a small bound is used up.
 *
 * @param toAnswer the item with texts of `scale` times the usual length
 */
export function fitItems<S, T>(items: readonly S[], room: number, toAnswer: (item: S, scale: number) => T): Fitted<T> {
  const rows = (first: readonly S[], scale: number): T[] => first.map((item) => toAnswer(item, scale));
  const usual: T[] = [];
  let free = room;
  for (const item of items) {
    const row = toAnswer(item, 1);
    const cost = tokensOf(row) + 1;
    if (cost > free) break;
    free -= cost;
    usual.push(row);
  }
  if (usual.length === items.length) return { shown: usual, left: 0 };
  const next = items[usual.length]!;
  const last = NARROWER.map((scale) => toAnswer(next, scale)).find((row) => tokensOf(row) + 1 <= free);
  const shown = items.slice(0, usual.length);
  const most = room - (last === undefined ? 0 : tokensOf(last) + 1);
  let [wide, low, high] = [usual, 1, WIDEST];
  for (let step = 0; step < SEARCHES && usual.length > 0; step += 1) {
    const scale = step === 0 ? high : (low + high) / 2;
    const tried = rows(shown, scale);
    if (tried.reduce((sum, row) => sum + tokensOf(row) + 1, 0) <= most) {
      wide = tried;
      if (step === 0) break;
      low = scale;
    } else high = scale;
  }
  const all = last === undefined ? wide : [...wide, last];
  return { shown: all, left: items.length - all.length };
}

/** The value where it fits into `room` tokens, else as much of its structure as fits. */
export function fitValue(value: unknown, room: number): CutValue {
  // Bounded before it is measured, so that a payload of a megabyte is not serialized only to be dropped.
  let characters = room * 8;
  const whole = cutValue(value, characters);
  if (tokensOf(whole.value) <= room) return whole;
  for (characters = room * 4; characters >= 8; characters = Math.floor(characters * 0.75)) {
    const part = cutValue(value, characters);
    if (tokensOf(part.value) <= room) return part;
  }
  return { value: '…', cut: true };
}

/** The answer with the largest of these widths that fits; the last one where none does. */
export function widest<T>(widths: readonly number[], room: number, answer: (width: number) => T): T {
  for (const width of widths.slice(0, -1)) {
    const made = answer(width);
    if (tokensOf(made) <= room) return made;
  }
  return answer(widths.at(-1)!);
}
