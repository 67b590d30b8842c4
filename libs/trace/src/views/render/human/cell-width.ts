/** East Asian wide forms and emoji: two cells in common terminals. */
const WIDE =
  /^(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F|[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\u{20000}-\u{3FFFD}])/u;
const ASCII = /^[\x20-\x7E]*$/;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** How many terminal cells `text` takes. It must be free of control characters (see `terminalSafe`). */
export function cellWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

/** At most `width` cells of `text`, with `…` in the last when something was cut. */
export function fitCells(text: string, width: number): string {
  if (text.length <= width && ASCII.test(text)) return text;
  if (cellWidth(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    const cells = WIDE.test(segment) ? 2 : 1;
    if (used + cells > width - 1) break;
    kept += segment;
    used += cells;
  }
  return width < 1 ? '' : `${kept}…`;
}

/**
 * The lines of a text that is wrapped at spaces, at most `width` cells each where a word is not longer than that; lines
 * after the first begin with `hang` spaces. It must be free of control characters and of escape sequences.
 */
export function wrapCells(text: string, width: number, hang = 0): string[] {
  if (cellWidth(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  // A word with the spaces before it, which stay where the line goes on.
  for (const word of text.match(/ *[^ ]+/g) ?? []) {
    if (line.trim() !== '' && cellWidth(line + word) > width) {
      lines.push(line);
      line = ' '.repeat(hang) + word.trimStart();
    } else line += word;
  }
  return [...lines, line];
}

/** `text` with spaces up to `width` cells, on the left when `right`-aligned. */
export function padCells(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const padding = ' '.repeat(Math.max(0, width - cellWidth(text)));
  return align === 'left' ? text + padding : padding + text;
}
