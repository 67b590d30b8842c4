import { mustExec } from './processes.mjs';
import { join } from 'node:path';

/** Packs the built package into a directory, without scripts (they would build again). Returns the tarball's path. */
export async function pack(project, directory) {
  const args = ['pack', '--ignore-scripts', '--silent', '--pack-destination', directory];
  const { stdout } = await mustExec('npm', args, { cwd: project });
  return join(directory, stdout.trim().split('\n').at(-1));
}
