import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export const name = 'size';
export const seconds = 15;

/** Largest size that the package may add to an application that has Nest and class-validator. */
const MAX_BYTES = 12_000_000;

/** The size that the package adds to an application, with everything that npm installs for it. */
export async function run({ tarball, install, mustExec, cell }) {
  const dependencies = {
    '@nestjs/common': '^12.0.0',
    '@nestjs/core': '^12.0.0',
    'class-transformer': '^0.5.1',
    'class-validator': '^0.14.0',
    'reflect-metadata': '^0.2.2',
    rxjs: '^7.8.2',
  };
  const directory = await install('application', { dependencies }, { ours: false });
  const before = bytesIn(join(directory, 'node_modules'));
  await mustExec('npm', ['install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', tarball], {
    cwd: directory,
  });
  await cell('adds at most 12 MB', () => {
    const added = bytesIn(join(directory, 'node_modules')) - before;
    const note = `${(added / 1e6).toFixed(1)} MB, its tarball ${(lstatSync(tarball).size / 1e6).toFixed(1)} MB`;
    if (added > MAX_BYTES) throw new Error(note);
    return note;
  });
}

function bytesIn(directory) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name: file }) => sum + lstatSync(join(parentPath, file)).size, 0);
}
