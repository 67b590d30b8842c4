/**
 * The packages for comparison: installed when a bench first needs them, beside this file and nowhere else, so a build
 * or a test of the project does not install them. They have a separate directory, because a `package.json` hides the
 * project's own name from the modules beside it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const directory = fileURLToPath(new URL('.', import.meta.url));
const manifest = readFileSync(new URL('package.json', import.meta.url), 'utf8');
const stamp = new URL('node_modules/.installed.json', import.meta.url);

/** Installs missing packages; prints that on stderr, where npm prints the rest. */
export function installPeers() {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === manifest) return;
  console.error('Installing the packages to compare with, once: test/bench/peers/package.json');
  // Nest and RxJS come from the project, so that all are measured with the same versions; hence no peer dependencies
  // here.
  const flags = ['--legacy-peer-deps', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { status } = spawnSync('npm', ['install', ...flags, '--loglevel=error'], {
    cwd: directory,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new Error(`npm install in ${directory} ended with ${status}`);
  linkProject();
  writeFileSync(stamp, manifest);
}

/** With our own link: npm would install the project's dependencies again for one of its own. */
function linkProject() {
  const link = fileURLToPath(new URL('node_modules/nestjs-trace-collector', import.meta.url));
  rmSync(link, { force: true });
  symlinkSync(fileURLToPath(new URL('../../..', import.meta.url)), link, 'junction');
}

/** `{ name: version }` of the installed packages. */
export function versions(names) {
  const read = (name) =>
    JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url), 'utf8'));
  return Object.fromEntries(names.map((name) => [name, read(name).version]));
}
