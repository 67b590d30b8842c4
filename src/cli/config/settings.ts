import { parseBaseUrl, type BaseUrl } from './base-url.js';
import type { ConfigFiles } from './config-file.js';
import type { DiscoveredServer } from './discovery.js';
import type { GlobalFlags } from './global-options.js';

/** Source of a value; `doctor` shows it. `discovered`: the file that the running application wrote. */
export type Origin = 'flag' | 'env' | 'project' | 'user' | 'discovered' | 'default';

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
  /** URL of the shared store, which may have a password: it is printed by `shownTarget` only. */
  store?: Setting<string>;
  /** File named by `--token-file`. */
  tokenFile?: string;
  tokenEnv?: string;
  /** File named by `token_file` in the user's configuration. */
  userTokenFile?: string;
}

export type Env = Readonly<Record<string, string | undefined>>;

export const DEFAULT_URL = 'http://localhost:8000';
export const DEFAULT_DIR = '.traces';
const STORE_VARIABLE = 'TRACE_STORE_URL';

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
    store: storeSetting(flags, env),
    tokenFile: flags.tokenFile,
    tokenEnv: env['TRACE_TOKEN'] || undefined,
    userTokenFile: user?.tokenFile,
  };
}

/** Not from a configuration file: a project's may have another author, and either would hold a password. */
function storeSetting({ store }: GlobalFlags, env: Env): Setting<string> | undefined {
  if (store !== undefined) return { value: store, origin: 'flag', name: '--store' };
  const value = env[STORE_VARIABLE];
  return value ? { value, origin: 'env', name: STORE_VARIABLE } : undefined;
}

/**
 * Whether the shared store is asked first: with `--store`. In the environment it only replaces a server that does not
 * answer, because `TRACE_URL` and the default port are nearer to the person who types.
 */
export function storeFirst(settings: Settings): boolean {
  return settings.store?.origin === 'flag';
}

/**
 * Whether the directory is read first. `--dir` without `--url` reads the directory, also while a server runs on the
 * default port. With both, the directory is the fallback of the server.
 */
export function directoryFirst(settings: Settings): boolean {
  return settings.dir.origin === 'flag' && settings.url.origin !== 'flag';
}

/** Whether the running application of the directory is asked: not where a flag names another source. */
export function mayDiscover(settings: Settings): boolean {
  return settings.url.origin !== 'flag' && !storeFirst(settings);
}

/** The settings with the address of the running application. Its own token is sent there, as to any address of this machine. */
export function settingsFor(settings: Settings, { base, file }: DiscoveredServer): Settings {
  return { ...settings, url: { value: base.href, origin: 'discovered', name: file }, base };
}

/** Whether a person named the server: in the environment or in a configuration file. */
export function namesServer({ url }: Settings): boolean {
  return url.origin !== 'default' && url.origin !== 'discovered';
}

/** Whether the directory may replace the server. The default directory belongs to this machine, so only for a local server. */
export function directoryMayStandIn(settings: Settings): boolean {
  return settings.base.loopback || settings.dir.origin !== 'default';
}

/** Whether the URL may receive this user's token. A project's file may have another author, so its remote URL may not. */
export function mayHaveUsersToken({ url, base }: Settings): boolean {
  return base.loopback || url.origin !== 'project';
}
