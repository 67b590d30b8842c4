import { parseBaseUrl, type BaseUrl } from './base-url.js';
import type { ConfigFiles } from './config-file.js';
import type { GlobalFlags } from './global-options.js';

/** Where a value came from; `doctor` tells it. */
export type Origin = 'flag' | 'env' | 'project' | 'user' | 'default';

export interface Setting<T> {
  value: T;
  origin: Origin;
  /** The flag, variable or file that set it: `--url`, `TRACE_URL`, a path, or `default`. */
  name: string;
}

export interface Settings {
  url: Setting<string>;
  base: BaseUrl;
  dir: Setting<string>;
  /** Of `--token-file`. */
  tokenFile?: string;
  tokenEnv?: string;
  /** Of the user's configuration file. */
  userTokenFile?: string;
}

export type Env = Readonly<Record<string, string | undefined>>;

export const DEFAULT_URL = 'http://localhost:8000';
export const DEFAULT_DIR = '.traces';

/** Flag before environment before project file before user file before default. An empty variable counts as not set. */
export function resolveSettings(flags: GlobalFlags, env: Env, files: ConfigFiles = {}): Settings {
  const { project, user } = files;
  const pick = (key: 'url' | 'dir', variable: string, otherwise: string): Setting<string> => {
    const found = [
      { value: flags[key], origin: 'flag', name: `--${key}` },
      { value: env[variable] || undefined, origin: 'env', name: variable },
      { value: project?.[key], origin: 'project', name: project?.path ?? '' },
      { value: user?.[key], origin: 'user', name: user?.path ?? '' },
    ] as const;
    const first = found.find(({ value }) => value !== undefined);
    return first
      ? { ...first, value: first.value as string }
      : { value: otherwise, origin: 'default', name: 'default' };
  };
  const url = pick('url', 'TRACE_URL', DEFAULT_URL);
  return {
    url,
    base: parseBaseUrl(url.value, url.name),
    dir: pick('dir', 'TRACE_DIR', DEFAULT_DIR),
    tokenFile: flags.tokenFile,
    tokenEnv: env['TRACE_TOKEN'] || undefined,
    userTokenFile: user?.tokenFile,
  };
}

/**
 * `--dir` without `--url` names the data itself: it is read, whatever runs on the default port. Named together, the
 * server is asked and the directory stands in for it.
 */
export function directoryFirst(settings: Settings): boolean {
  return settings.dir.origin === 'flag' && settings.url.origin !== 'flag';
}

/** The default directory is this machine's: it may stand in for a server here, not for one elsewhere. */
export function directoryMayStandIn(settings: Settings): boolean {
  return settings.base.loopback || settings.dir.origin !== 'default';
}

/** A project's file comes from somebody else, and where it points on the network must not get this user's token. */
export function mayHaveUsersToken({ url, base }: Settings): boolean {
  return base.loopback || url.origin !== 'project';
}
