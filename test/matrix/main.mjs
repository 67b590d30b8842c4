/**
 * Every promise of the package about its environment: versions of Nest, adapters, generated projects, bundlers,
 * compilers, package managers. It needs the npm registry, so `npm test` does not run it; `.ci/run` does.
 * `node test/matrix/main.mjs [--only PART] [--platform NAME] [--jobs 2] [--keep] [--tarball FILE] [--output FILE]
 * [--list]`, after
 * `npm run build`. Prints one line per cell, `ok`, `FAULT` or `skip`, and `N passed, N failed` at the end; exits 1 when
 * a cell failed. `--only` takes a part of a program's name, or `=` and the whole name, and may be repeated.
 * `--platform` runs the suites of Nest on `express` or `fastify` only. `--keep` leaves the directories, `--output`
 * writes the result as JSON.
 */
import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { pack } from './frame/pack.mjs';
import { killChildren } from './frame/processes.mjs';
import { Report } from './frame/report.mjs';
import { runProgram } from './frame/run-program.mjs';

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [''] },
    platform: { type: 'string', multiple: true, default: ['express', 'fastify'] },
    jobs: { type: 'string', default: '2' },
    keep: { type: 'boolean', default: false },
    tarball: { type: 'string' },
    output: { type: 'string' },
    list: { type: 'boolean', default: false },
  },
});

const project = fileURLToPath(new URL('../..', import.meta.url));
process.chdir(project);
const programs = await load(flags.only);
if (programs.length === 0) throw new Error(`No program of the matrix has '${flags.only.join(`' or '`)}' in its name.`);
if (flags.list) {
  for (const { name } of programs) console.log(name);
  process.exit(0);
}

// Outside the project: Node and TypeScript search every directory above for packages, and must not find ours.
const workdir = realpathSync(mkdtempSync(join(tmpdir(), 'matrix-')));
const removeWorkdir = () => flags.keep || rmSync(workdir, { recursive: true, force: true });
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    killChildren();
    removeWorkdir();
    process.exit(1);
  });
}

const report = new Report();
// A program's directory has thousands of files: removing it while the next program waits for npm takes no extra time.
const removals = [];
try {
  const tarball = flags.tarball ? realpathSync(flags.tarball) : await pack(project, workdir);
  const waiting = [...programs];
  const worker = async () => {
    for (let program = waiting.shift(); program; program = waiting.shift()) {
      const directory = join(workdir, program.name);
      await runProgram(program, { tarball, project, workdir: directory, platforms: flags.platform }, report);
      if (!flags.keep) removals.push(rm(directory, { recursive: true, force: true }));
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Number(flags.jobs)) }, worker));
  await Promise.all(removals);
} finally {
  killChildren();
  removeWorkdir();
}

const { passed, failed } = report;
if (flags.keep) console.log(`Kept: ${workdir}`);
if (flags.output) writeFileSync(flags.output, JSON.stringify(report));
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);

/** The programs, the long ones first: `seconds` in a program is its measured duration. A module may export several. */
async function load(only) {
  const directory = new URL('./programs/', import.meta.url);
  const files = readdirSync(directory).filter((file) => file.endsWith('.mjs'));
  const all = await Promise.all(files.map((file) => import(new URL(file, directory))));
  const single = all.flatMap((module) => module.programs ?? [module]);
  return single
    .filter(({ name }) => only.some((part) => (part.startsWith('=') ? name === part.slice(1) : name.includes(part))))
    .toSorted((a, b) => (b.seconds ?? 0) - (a.seconds ?? 0));
}
