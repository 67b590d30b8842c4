/**
 * Duration of `get-trace list` from its start to its last line, beside a program that only parses its arguments with
 * commander, and beside Node alone. The directory has an up-to-date index, as a stopped application leaves it. The
 * three take turns; the result is the median, a ratio that of the medians.
 * `npm run bench -- start [--runs N] [--traces N]`: one line of JSON on stdout.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Catalog } from '../../dist/libs/trace/src/catalog/catalog.js';
import { writeJournal } from './support/journal-data.mjs';
import { quantile, rounded } from './support/measure.mjs';

const { values: flags } = parseArgs({
  options: { runs: { type: 'string', default: '15' }, traces: { type: 'string', default: '1000' } },
});
const runs = Number(flags.runs);
const root = mkdtempSync(join(tmpdir(), 'bench-start-'));
try {
  const programs = prepare();
  const times = { node: [], commander: [], list: [] };
  for (let run = -2; run < runs; run++) {
    for (const [name, args] of Object.entries(programs)) {
      const ms = time(args);
      // The first two load the files into memory.
      if (run >= 0) times[name].push(ms);
    }
  }
  const median = (name) =>
    quantile(
      times[name].sort((a, b) => a - b),
      0.5,
    );
  console.log(
    JSON.stringify({
      bench: 'start',
      runs,
      traces: Number(flags.traces),
      node_ms: rounded(median('node'), 1),
      commander_ms: rounded(median('commander'), 1),
      list_ms: rounded(median('list'), 1),
      list_to_commander: rounded(median('list') / median('commander')),
      node: process.version,
    }),
  );
} finally {
  rmSync(root, { recursive: true, force: true });
}

function prepare() {
  const dir = join(root, 'traces');
  mkdirSync(dir);
  writeJournal(dir, { traces: Number(flags.traces), days: 1, bytes: 200 });
  const catalog = new Catalog({ dir });
  catalog.catchUp();
  catalog.close();
  const modules = new URL('../../node_modules', import.meta.url);
  symlinkSync(fileURLToPath(modules), join(root, 'node_modules'));
  const bare = join(root, 'bare.mjs');
  writeFileSync(
    bare,
    `import { Command } from 'commander';
const program = new Command('bare');
program.command('list').option('--dir <dir>').action(({ dir }) => console.log(dir));
program.parse();
`,
  );
  const nothing = join(root, 'nothing.mjs');
  writeFileSync(nothing, 'console.log(1);\n');
  const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
  // A port without a listener: the program must detect that, and read the directory.
  const list = [main, 'list', '--dir', dir, '--url', 'http://127.0.0.1:9'];
  return { node: [nothing], commander: [bare, 'list', '--dir', dir], list };
}

function time(args) {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const ms = performance.now() - start;
  if (status !== 0 || stdout === '') throw new Error(`${args.join(' ')} failed (${status}): ${stderr}`);
  return ms;
}
