import type { ResolvedDebugOptions } from '../debug.options.js';

/** A configured token shorter than this opens nothing in production. */
export const MIN_PRODUCTION_TOKEN = 32;

/**
 * Who may look:
 * - `off`: nobody, and nothing tells that anything is here;
 * - `guards`: whom the application's own guards let in, on loopback as anywhere;
 * - `loopback`: callers on this machine; others with the token;
 * - `token`: with the token only.
 */
export type AccessMode = 'off' | 'guards' | 'loopback' | 'token';

/**
 * Decided once, from options alone. Production never trusts loopback: behind a reverse proxy on the same machine, all
 * the world is loopback.
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
