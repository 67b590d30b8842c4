/** A table in Markdown, aligned as prettier aligns it: it can be pasted into a page as it is. */
export function markdownTable(head, rows) {
  const cells = [head, ...rows].map((row) => row.map((cell) => String(cell)));
  const widths = head.map((_, i) => Math.max(3, ...cells.map((row) => row[i].length)));
  const line = (row) => `| ${row.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`;
  return [line(cells[0]), line(widths.map((width) => '-'.repeat(width))), ...cells.slice(1).map(line)].join('\n');
}

/** `0.93 [0.88, 1.01]`; a dash for a value that does not exist. */
export function intervalText(interval, digits = 2) {
  if (interval === null || !Number.isFinite(interval.value)) return '–';
  const text = (value) => (Number.isFinite(value) ? value.toFixed(digits) : '∞');
  return `${text(interval.value)} [${text(interval.low)}, ${text(interval.high)}]`;
}
