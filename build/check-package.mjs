/**
 * Checks the packed package: `publint` for what package.json promises, `attw` for its types under each module resolution.
 * Builds first if there is no build; `npm run build` makes a new one.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const entry = join(root, 'dist/esm/index.js');
const run = (command, args, options = {}) => execFileSync(command, args, { cwd: root, stdio: 'inherit', ...options });

if (existsSync(entry)) process.stdout.write(`Checking the build of ${statSync(entry).mtime.toISOString()}.\n`);
else {
  process.stdout.write('There is no build: building.\n');
  run('npm', ['run', 'build', '--silent']);
}

const directory = mkdtempSync(join(tmpdir(), 'check-package-'));
try {
  // Without scripts: packing would build again.
  const packed = run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const tarball = join(directory, packed.toString().trim().split('\n').at(-1));
  run('npx', ['--no', 'publint', 'run', tarball, '--strict']);
  run('npx', ['--no', 'attw', tarball, '--format', 'ascii', '--no-emoji']);
} catch {
  // The program that failed has printed the reason.
  process.exitCode = 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
