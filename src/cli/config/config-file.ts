import { isPlainObject } from '../../../libs/trace/src/model/objects.js';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { usageError } from '../cli-error.js';

/** The settings of a configuration file; every key is optional. Paths are relative to the file. */
export interface ConfigFile {
  /** Path of the file. */
  path: string;
  url?: string;
  dir?: string;
  /** In the user's own file only. */
  tokenFile?: string;
}

export interface ConfigFiles {
  project?: ConfigFile;
  user?: ConfigFile;
}

export const PROJECT_FILE = '.get-trace.json';

/** A project may have another author: its file must not name a file of this machine as the token. */
const PROJECT_KEYS = ['url', 'dir'];
const USER_KEYS = [...PROJECT_KEYS, 'token_file'];

/** The project's file, and the user's in `$XDG_CONFIG_HOME` or `~/.config`. A bad one is a usage error that names it. */
export function readConfigFiles(cwd: string, env: Readonly<Record<string, string | undefined>>): ConfigFiles {
  const home = env['HOME'] || env['USERPROFILE'];
  const configHome = env['XDG_CONFIG_HOME'] || (home ? join(home, '.config') : undefined);
  const project = findProjectFile(cwd);
  return {
    project: project === undefined ? undefined : readConfig(project, PROJECT_KEYS),
    user: configHome ? readConfig(join(configHome, 'get-trace', 'config.json'), USER_KEYS) : undefined,
  };
}

/** Searches from `cwd` up to the project's root, which has a package.json or a repository; without a root, only `cwd`. */
function findProjectFile(cwd: string): string | undefined {
  const found: string[] = [];
  for (let at = resolve(cwd); ; at = dirname(at)) {
    found.push(join(at, PROJECT_FILE));
    if (existsSync(join(at, 'package.json')) || existsSync(join(at, '.git'))) return found.find(existsSync);
    if (dirname(at) === at) return found.slice(0, 1).find(existsSync);
  }
}

function readConfig(path: string, keys: readonly string[]): ConfigFile | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw usageError(`cannot read ${path} (${code ?? (error as Error).message})`);
  }
  const given = parse(path, text);
  for (const [key, value] of Object.entries(given)) {
    if (!keys.includes(key))
      throw usageError(`${path}: '${key}' is not a setting of this file; allowed: ${keys.join(', ')}`);
    if (typeof value !== 'string' || value === '') throw usageError(`${path}: '${key}' must be a text`);
  }
  const { url, dir, token_file } = given as Record<string, string | undefined>;
  const absolute = (file: string | undefined): string | undefined => file && resolve(dirname(path), file);
  return { path, url, dir: absolute(dir), tokenFile: absolute(token_file) };
}

function parse(path: string, text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (isPlainObject(value)) return value;
  } catch (error) {
    throw usageError(`${path} is no JSON (${(error as Error).message})`);
  }
  throw usageError(`${path}: it must hold one JSON object`);
}
