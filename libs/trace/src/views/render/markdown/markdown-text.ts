import { oneLine, terminalSafeLines } from '../../text/visible-text.js';

/**
 * Captured text inside Markdown. It stands in code spans and fences only, each longer than any run of backticks
 * within, so nothing that was captured can end its own fence and become a heading, a link or HTML.
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

/** A table; cells are Markdown already. A bar inside a cell is escaped, in code spans too, as tables want it. */
export function markdownTable(titles: string[], rows: string[][]): string[] {
  return [tableLine(titles), tableLine(titles.map(() => '---')), ...rows.map(tableLine)];
}

function tableLine(cells: string[]): string {
  return `| ${cells.map((cell) => cell.replace(/\\*\|/g, escapedBar)).join(' | ')} |`;
}

/** Backslashes right before the bar would undo its escape. */
function escapedBar(bar: string): string {
  return `${'\\'.repeat(2 * (bar.length - 1))}\\|`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
