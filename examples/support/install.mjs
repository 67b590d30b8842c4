import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { mustExec } from '../../test/matrix/frame/processes.mjs';

const QUIET = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];

/**
 * Copies the examples into a new directory outside the project and installs their packages, as locked, and the packed
 * package. So they run against what a user gets, and find no package of the project.
 */
export async function installExamples(examples, directory, tarball) {
  const names = await readdir(examples);
  const copied = names.filter((name) => !['node_modules', 'dist', '.traces'].includes(name));
  for (const name of copied) await cp(join(examples, name), join(directory, name), { recursive: true });
  await mustExec('npm', ['ci', ...QUIET], { cwd: directory });
  // Not in the lock file: it would have the checksum of one build.
  await mustExec('npm', ['install', '--no-save', ...QUIET, tarball], { cwd: directory });
}
