import { parseBaseUrl, type BaseUrl } from './base-url.js';
import type { GlobalFlags } from './global-options.js';

/** Where a value came from; `doctor` tells it. */
export type Origin = 'flag' | 'env' | 'default';

export interface Setting<T> {
  value: T;
  origin: Origin;
  /** The flag or variable that set it: `--url`, `TRACE_URL`, or `default`. */
  name: string;
}

export interface Settings {
  url: Setting<string>;
  base: BaseUrl;
  dir: Setting<string>;
  tokenFile?: string;
  tokenEnv?: string;
}

export type Env = Readonly<Record<string, string | undefined>>;

export const DEFAULT_URL = 'http://localhost:8000';
export const DEFAULT_DIR = '.traces';

/** Flag before environment before default. An empty variable counts as not set. */
export function resolveSettings(flags: GlobalFlags, env: Env): Settings {
  const url = setting(flags.url, '--url', env['TRACE_URL'], 'TRACE_URL', DEFAULT_URL);
  return {
    url,
    base: parseBaseUrl(url.value, url.name),
    dir: setting(flags.dir, '--dir', env['TRACE_DIR'], 'TRACE_DIR', DEFAULT_DIR),
    tokenFile: flags.tokenFile,
    tokenEnv: env['TRACE_TOKEN'] || undefined,
  };
}

function setting(
  flag: string | undefined,
  flagName: string,
  variable: string | undefined,
  variableName: string,
  otherwise: string,
): Setting<string> {
  if (flag !== undefined) return { value: flag, origin: 'flag', name: flagName };
  if (variable) return { value: variable, origin: 'env', name: variableName };
  return { value: otherwise, origin: 'default', name: 'default' };
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
