import { intervalText, markdownTable } from '../../support/markdown.mjs';
import { VARIANTS } from './catalog.mjs';
import { REFERENCES } from './summary.mjs';

const HEAD = [
  'variant',
  'main thread, × untraced',
  'adds, ms',
  ...REFERENCES.map((reference) => `× \`${reference}\``),
  'process adds, ms',
  'process × `otel`',
];

/** The figures: a row per variant that was measured, in the order of the catalog, and what was left out below. */
export function costTable(rows, leftOut) {
  const measured = markdownTable(HEAD, rows.map(cells));
  const reasons = [...leftOut].map(([name, reason]) => `- \`${name}\` is left out: ${reason}.`);
  return [measured, ...(reasons.length > 0 ? [reasons.join('\n')] : [])].join('\n\n');
}

function cells(row) {
  return [
    `\`${row.variant}\``,
    row.variant === 'untraced' ? `1 (${row.main_ms.toFixed(2)} ms)` : intervalText(row.main_over_untraced),
    row.variant === 'untraced' ? '0' : intervalText(row.main_ms_added, 3),
    ...REFERENCES.map((reference) => (reference === row.variant ? '1' : intervalText(row[`main_to_${reference}`]))),
    row.variant === 'untraced' ? `0 (${row.process_ms.toFixed(2)} ms)` : intervalText(row.process_ms_added, 3),
    row.variant === 'otel' ? '1' : intervalText(row.process_to_otel),
  ];
}

/** What the variants record, and what a `kill -9` takes, in words. */
export function wordsTable(names) {
  const words = names
    .filter((name) => VARIANTS[name].records)
    .map((name) => [`\`${name}\``, VARIANTS[name].records, VARIANTS[name].loses]);
  return markdownTable(['variant', 'what it records', 'what a `kill -9` takes'], words);
}
