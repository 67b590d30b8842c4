/**
 * Text as every search compares it: case and the form of accents do not count. SQLite's own folding covers ASCII only.
 * @example folded('CAFE\u0301') // 'café'
 */
export function folded(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/** The text in one line: at most `max` characters, white space folded, no half of a surrogate pair at its end. */
export function clippedLine(text: string, max: number): string {
  // White space may take most of a text; what is far behind the limit is not read.
  const line = text
    .slice(0, 8 * max)
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, max);
  return line.isWellFormed() ? line : line.slice(0, -1).toWellFormed();
}

/** Whether one of the texts contains `q`, which is folded already: the function `has_text(q, …)` of SQL. Other types never do. */
export function hasText(q: unknown, ...texts: unknown[]): 0 | 1 {
  const wanted = String(q);
  return texts.some((text) => typeof text === 'string' && folded(text).includes(wanted)) ? 1 : 0;
}

/** The text as JSON writes it, without the quotes. */
export function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** The character as JSON's escape: `\uXXXX`. */
export function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
