import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun } from '../../support/run.js';

export type NestVersion = 11 | 12;

/** Outside the project: Node looks for packages in every directory above, and must not find ours there. */
const CACHE = join(tmpdir(), 'nestjs-trace-collector-matrix');
const MATRIX = join(process.cwd(), 'test/matrix');

/** The applications of this folder, compiled against one version of Nest, with this package in it as built. */
export interface Consumer {
  readonly nest: NestVersion;
  /** A compiled application. */
  program(name: string): string;
  /** A directory for traces, gone with the rest. */
  scratch(name: string): string;
  remove(): void;
}

/**
 * Nest and what goes with it is installed once per list of dependencies and kept for the next run; the package and the
 * applications are put into a directory below it, so that they find those packages, and nobody else's.
 */
export async function createConsumer(nest: NestVersion): Promise<Consumer> {
  const dir = mkdtempSync(join(await installation(nest), 'run-'));
  const own = join(dir, 'node_modules/nestjs-trace-collector');
  cpSync('dist', join(own, 'dist'), { recursive: true });
  cpSync('package.json', join(own, 'package.json'));
  cpSync(join(MATRIX, 'app'), join(dir, 'app'), { recursive: true });
  writeJson(join(dir, 'package.json'), { private: true, type: 'module' });
  await mustRun(process.execPath, [join(process.cwd(), 'node_modules/typescript/bin/tsc'), '-p', join(dir, 'app')]);
  return {
    nest,
    program: (name) => join(dir, 'app-built', `${name}.js`),
    scratch: (name) => join(dir, `traces-${name}`),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

async function installation(nest: NestVersion): Promise<string> {
  const manifest = readJson(join(MATRIX, `nest-${nest}/package.json`));
  const { dependencies, peerDependencies } = readJson('package.json');
  const sqlite = { '@photostructure/sqlite': peerDependencies?.['@photostructure/sqlite'] };
  const wanted = { ...manifest, dependencies: { ...dependencies, ...sqlite, ...manifest.dependencies } };
  const key = createHash('sha256').update(JSON.stringify(wanted)).digest('hex').slice(0, 16);
  const dir = join(CACHE, `nest-${nest}-${key}`);
  if (existsSync(dir)) return dir;
  mkdirSync(CACHE, { recursive: true });
  const fresh = mkdtempSync(join(CACHE, 'installing-'));
  writeJson(join(fresh, 'package.json'), wanted);
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  await mustRun('npm', ['install', '--ignore-scripts', ...quiet], { cwd: fresh });
  try {
    renameSync(fresh, dir);
  } catch (error) {
    // Somebody else was faster, with the same list.
    rmSync(fresh, { recursive: true, force: true });
    if (!existsSync(dir)) throw error;
  }
  return dir;
}

function readJson(file: string): Record<string, Record<string, string> | undefined> {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, JSON.stringify(value, null, 2));
}
