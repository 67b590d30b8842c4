/**
 * Runs the examples against the packed package and asserts their traces: `node examples/support/run.mjs [NAME…]
 * [--tarball FILE] [--jobs 2] [--keep] [--output FILE]`, after `npm run build`. It needs the npm registry, so `npm test` does not run
 * it; `.ci/run` does. Prints one line per cell, `ok`, `FAULT` or `skip`, and `N passed, N failed` at the end; exits 1
 * when a cell failed. `--keep` leaves the directory, `--output` writes the result as JSON.
 */
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { pack } from '../../test/matrix/frame/pack.mjs';
import { killChildren, mustExec } from '../../test/matrix/frame/processes.mjs';
import { Report } from '../../test/matrix/frame/report.mjs';
import { checkExample } from './check-example.mjs';
import { installExamples } from './install.mjs';
import { loadChecks } from './load-checks.mjs';
import { killPrograms } from './programs.mjs';

const { values: flags, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    tarball: { type: 'string' },
    jobs: { type: 'string', default: '2' },
    keep: { type: 'boolean', default: false },
    output: { type: 'string' },
  },
});

const examples = fileURLToPath(new URL('..', import.meta.url));
const project = fileURLToPath(new URL('../..', import.meta.url));
const checks = await loadChecks(names);
// Outside the project: Node and TypeScript search every directory above for packages, and must not find ours.
const directory = realpathSync(mkdtempSync(join(tmpdir(), 'examples-')));
const removeDirectory = () => flags.keep || rmSync(directory, { recursive: true, force: true });
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    killPrograms();
    killChildren();
    removeDirectory();
    process.exit(1);
  });

const report = new Report();
try {
  const tarball = flags.tarball ? realpathSync(flags.tarball) : await pack(project, directory);
  await installExamples(examples, directory, tarball);
  await cell('all examples compile', () => mustExec('npm', ['run', 'build'], { cwd: directory }));
  if (report.failed === 0) await checkAll();
} finally {
  killPrograms();
  killChildren();
  removeDirectory();
}

const { passed, failed } = report;
if (flags.keep) console.log(`Kept: ${directory}`);
if (flags.output) writeFileSync(flags.output, JSON.stringify(report));
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);

async function checkAll() {
  const { webhooks } = createRequire(join(directory, 'package.json'))('nestjs-trace-collector/testing');
  const waiting = [...checks];
  const worker = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const { name } = check;
      const step = (title, work) => cell(`${name}: ${title}`, work);
      await checkExample(check, { cwd: directory, webhooks, step, skip: (reason) => report.skip(name, reason) });
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Number(flags.jobs)) }, worker));
}

/** Runs one step and reports it. A failed step does not stop the others. */
async function cell(title, work) {
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1_000;
  try {
    const result = await work();
    report.ok(title, seconds());
    return result;
  } catch (error) {
    report.fault(title, seconds(), error);
  }
}
