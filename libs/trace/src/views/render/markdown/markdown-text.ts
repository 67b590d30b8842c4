import { oneLine, terminalSafeLines } from '../../text/visible-text.js';

/**
 * Captured text in Markdown is always inside a code span or fence that is longer than any run of backticks in the text, so it
 * cannot end the fence and become a heading, a link or HTML.
 */

/** A code span on one line. */
export function code(text: string): string {
  const line = oneLine(text);
  if (line.trim() === '') return '–';
  const ticks = '`'.repeat(longestRun(line) + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return ticks + pad + line + pad + ticks;
}

/** A fenced block, every line free of control characters. */
export function fence(text: string, language = ''): string[] {
  const lines = terminalSafeLines(text);
  const ticks = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return [`${ticks}${language}`, ...lines, ticks];
}

/** A table of Markdown cells. Bars inside cells are escaped, also in code spans, as tables require. */
export function markdownTable(titles: string[], rows: string[][]): string[] {
  return [tableLine(titles), tableLine(titles.map(() => '---')), ...rows.map(tableLine)];
}

function tableLine(cells: string[]): string {
  return `| ${cells.map((cell) => cell.replace(/\\*\|/g, escapedBar)).join(' | ')} |`;
}

/** Escapes a bar and the backslashes before it, which would otherwise undo the escape. */
function escapedBar(bar: string): string {
  return `${'\\'.repeat(2 * (bar.length - 1))}\\|`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
