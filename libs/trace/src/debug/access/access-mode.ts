import type { ResolvedDebugOptions } from '../debug.options.js';

/** Least length of a configured token in production, in characters. */
export const MIN_PRODUCTION_TOKEN = 32;

/**
 * Who has access:
 * - `off`: no caller; the routes do not exist;
 * - `guards`: callers that the application's own guards accept, also on loopback;
 * - `loopback`: callers on this machine, and others with the token;
 * - `token`: callers with the token.
 */
export type AccessMode = 'off' | 'guards' | 'loopback' | 'token';

/**
 * The mode, from the options alone. Production never trusts loopback: behind a reverse proxy on the same machine, every
 * caller is loopback.
 */
export function accessMode(options: ResolvedDebugOptions): AccessMode {
  if (!options.enabled) return 'off';
  if (options.guards.length > 0) return 'guards';
  if (options.environment === 'production') {
    return (options.token ?? '').length >= MIN_PRODUCTION_TOKEN ? 'token' : 'off';
  }
  const local =
    options.environment === 'development' || options.environment === 'test' || options.access === 'loopback';
  return local ? 'loopback' : 'token';
}
