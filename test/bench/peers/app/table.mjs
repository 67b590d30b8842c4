const COLUMNS = [
  ['variant', (row) => row.variant],
  ['main thread, ms/request', (row) => row.main_ms_per_request],
  ['added', (row) => row.main_ms_added],
  ['× bare', (row) => row.main_added_to_bare],
  ['× otel', (row) => row.main_added_to_otel],
  ['× pino', (row) => row.main_added_to_pino],
  ['process, ms/request', (row) => row.process_ms_per_request],
  ['added', (row) => row.process_ms_added],
  ['× otel', (row) => row.process_added_to_otel],
  ['throughput kept', (row) => row.throughput_kept],
  ['p99, ms', (row) => row.p99_ms],
  ['heap, MB', (row) => row.heap_mb],
];

/** The rows as Markdown, which is readable as plain text. */
export function costTable(rows) {
  const cells = [COLUMNS.map(([head]) => head), ...rows.map((row) => COLUMNS.map(([, pick]) => text(pick(row), row)))];
  const widths = COLUMNS.map((_, i) => Math.max(...cells.map((line) => line[i].length)));
  const line = (row) => `| ${row.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`;
  return [line(cells[0]), line(widths.map((width) => '-'.repeat(width))), ...cells.slice(1).map(line)].join('\n');
}

function text(value) {
  if (value === null) return '–';
  return typeof value === 'number' ? value.toFixed(2) : value;
}
