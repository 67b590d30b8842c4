import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Path of a Node for `--node`: the running one without a value or for its own major version, a path as it is, a major
 * version from the package `node-<platform>-<arch>`, which is installed once into the temporary folder.
 * @throws Error when the path does not exist, the value is neither, or the package is not available.
 */
export function nodeBinary(wanted) {
  if (wanted === undefined || wanted === process.versions.node.split('.')[0]) return process.execPath;
  if (!/^\d+$/.test(wanted)) {
    const path = resolve(wanted);
    if (existsSync(path)) return path;
    throw new Error(`--node is '${wanted}'; give a major version such as 24, or the path of a node`);
  }
  const name = `node-${process.platform}-${process.arch}`;
  const dir = join(tmpdir(), 'trace-collector-bench-node', wanted);
  const path = join(dir, 'node_modules', name, 'bin', 'node');
  if (!existsSync(path)) install(dir, `${name}@${wanted}`);
  return path;
}

/** `20.20.2` of a path. */
export function nodeVersion(path) {
  return spawnSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout.trim();
}

function install(dir, spec) {
  console.error(`Installing ${spec} into ${dir}, once.`);
  mkdirSync(dir, { recursive: true });
  const flags = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync('npm', ['install', '--prefix', dir, ...flags, spec], { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`npm install ${spec} ended with ${status}; give --node the path of a node instead`);
}
