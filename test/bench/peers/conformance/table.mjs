/** The results as Markdown, which is readable as plain text. */

/** Number of cases that each peer passes per group. A case that does not apply (`skipped`) counts for none. */
export function groupTable(results, peers) {
  const groups = new Map();
  for (const [key, byPeer] of results) {
    const [group] = JSON.parse(key);
    const row = groups.get(group) ?? Object.fromEntries(peers.map((peer) => [peer, { passed: 0, of: 0 }]));
    groups.set(group, row);
    for (const peer of peers) count(row[peer], byPeer[peer]);
  }
  const rows = [...groups].map(([group, row]) => [group, ...peers.map((peer) => share(row[peer]))]);
  const all = peers.map((peer) => share(total([...groups.values()].map((row) => row[peer]))));
  return table(['cases', ...peers], [...rows, ['**all**', ...all]]);
}

/** The cases that at least one peer does not pass, with those that do. */
export function worstCases(results, peers) {
  const rows = [];
  for (const [key, byPeer] of results) {
    const [group, name] = JSON.parse(key);
    const cells = peers.map((peer) => mark(byPeer[peer]));
    if (cells.includes('✗')) rows.push([`${group}: ${name}`, ...cells]);
  }
  return table(['case', ...peers], rows);
}

function count(cell, result) {
  if (result === undefined || result === 'skipped') return;
  cell.of += 1;
  if (result === 'ok') cell.passed += 1;
}

function total(cells) {
  return cells.reduce((sum, { passed, of }) => ({ passed: sum.passed + passed, of: sum.of + of }), {
    passed: 0,
    of: 0,
  });
}

function share({ passed, of }) {
  return of === 0 ? '–' : `${passed}/${of}`;
}

function mark(result) {
  if (result === 'ok') return '✓';
  return result === undefined || result === 'skipped' ? '–' : '✗';
}

function table(head, rows) {
  const widths = head.map((_, i) => Math.max(3, ...[head, ...rows].map((row) => row[i].length)));
  const line = (row) => `| ${row.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
