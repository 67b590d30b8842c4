/**
 * Captured text comes from outside. In a line for people (timeline, hints, terminal, Markdown), characters that control a
 * terminal, reorder the line or are invisible are replaced by a visible form: `␛` for escape, `<U+202E>` for a direction
 * override. The other keys of JSON responses have the exact text.
 */

/** Line breaks of every kind, with the indentation of the next line. */
const LINE_BREAK = /[\n\r\v\f\u0085\u2028\u2029]\s*/g;
const OUTER_BREAKS = /^[\n\r]+|[\n\r]+$/g;

/**
 * The first alternatives match invisible characters that stay: joiners inside an emoji or inside a script that is written
 * with them, the letters of a flag, number signs of Arabic script. The last one matches all characters to replace.
 */
const HIDDEN = new RegExp(
  [
    String.raw`((?<=\p{Extended_Pictographic}[\u{1F3FB}-\u{1F3FF}]?\uFE0F?)\u200D(?=\p{Extended_Pictographic})`,
    String.raw`(?<=[\p{L}\p{M}])(?<!\p{Script=Latin})[\u200C\u200D](?=[\p{L}\p{M}])`,
    String.raw`(?<=\u{1F3F4}[\u{E0020}-\u{E007E}]{0,6})[\u{E0020}-\u{E007F}]`,
    String.raw`[\u0600-\u0605\u06DD\u070F\u0890\u0891\u08E2\u{110BD}\u{110CD}])`,
    String.raw`[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u{E0100}-\u{E01EF}\u115F\u1160\u3164\uFFA0]`,
  ].join('|'),
  'gu',
);

/** Texts without a character to replace. Most are of this kind, and `HIDDEN` reads each character seven times. */
const PLAIN = /^[\x20-\x7e]*$/;

/** `text` with a visible form of every control and invisible character. Line breaks are controls (`␊`). */
export function visibleText(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(HIDDEN, (character, keep?: string) => keep ?? picture(character));
}

/** `visibleText` on one line: line breaks and tabs become single spaces. */
export function oneLine(text: string): string {
  if (PLAIN.test(text)) return text;
  return visibleText(text.replace(OUTER_BREAKS, '').replace(LINE_BREAK, ' ').replaceAll('\t', ' '));
}

function picture(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  if (code >= 0xd800 && code <= 0xdfff) return '\uFFFD';
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Bound of UTF-16 units per character, because a letter may carry any number of marks. */
const MAX_UNITS_PER_CHARACTER = 16;

/** The first `count` characters as a reader counts them: an emoji of four code points is one, and is never halved. */
export function firstCharacters(text: string, count: number): string {
  if (text.length <= count) return text;
  const window = text.slice(0, count * MAX_UNITS_PER_CHARACTER);
  let taken = 0;
  for (const { index } of graphemes.segment(window)) {
    if (taken === count) return text.slice(0, index);
    taken += 1;
  }
  return window;
}

/** `firstCharacters`, with `...` after it when something was cut. */
export function clip(text: string, count: number): string {
  const first = firstCharacters(text, count);
  return first.length === text.length ? text : `${first}...`;
}

/**
 * At most `units` of UTF-16, and a `…` when something was cut; never half a surrogate pair. For upper bounds: `clip`, which
 * counts characters as a reader does, costs a hundred times as much.
 */
export function clipText(text: string, units: number): string {
  return text.length > units ? `${text.slice(0, units).replace(/[\uD800-\uDBFF]$/, '')}…` : text;
}

/**
 * Text that is safe to print: every control, bidi and invisible character has a visible form, line breaks included, so one
 * text is one line. All captured text goes through this function before it is printed.
 */
export function terminalSafe(text: string): string {
  return visibleText(text.replaceAll('\t', '  '));
}

/** The lines of a text, each of them safe to print. */
export function terminalSafeLines(text: string): string[] {
  return text.split(/\r\n|[\n\r\u2028\u2029]/).map(terminalSafe);
}
