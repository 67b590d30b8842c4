import { randomBytes } from 'node:crypto';
import { MIN_PRODUCTION_TOKEN } from './debug/access/access-mode.js';
import { isLoopbackAddress, isLoopbackHost } from './debug/access/loopback.js';
import type { ResolvedDebugOptions } from './debug/debug.options.js';
import { TraceCollectorError } from './model/errors.js';
import type { ServeOptions } from './serve.options.js';

/** Who may look at what `serve` serves. */
export interface ServeAccess {
  /** `loopback`: callers on this machine. `token`: callers with the token. */
  mode: 'loopback' | 'token';
  /** The same for people, to be written after the address. */
  note: string;
  /** The token, if it was made for this process: its link is how people get it. */
  madeToken?: string;
  debug: Pick<ResolvedDebugOptions, 'token' | 'access' | 'environment' | 'tokenPlace'>;
}

/**
 * As for an application: callers on this machine need no token, unless `NODE_ENV` is `production` or a token is given;
 * with an address for other machines one is needed. Nothing is written: the directory may belong to another user.
 *
 * @throws TraceCollectorError `OPTION_INVALID` for a token that is missing or too short
 */
export function serveAccess({ host, token, env }: Pick<ServeOptions, 'host' | 'token' | 'env'>): ServeAccess {
  if (token) return given(token);
  if (!isThisMachine(host)) {
    throw new TraceCollectorError(
      'OPTION_INVALID',
      `--host ${host} lets other machines in, so a token is needed: write ${MIN_PRODUCTION_TOKEN} characters or more into a file and give it with --token-file, or set TRACE_TOKEN. One is made with: openssl rand -hex 32`,
    );
  }
  // Also in the mode `loopback` a caller through a proxy needs a token, and there is none to be found.
  const made = randomBytes(32).toString('base64url');
  const { NODE_ENV: environment } = env;
  if (environment === 'production') {
    return {
      mode: 'token',
      note: 'the link has the token of this process, because NODE_ENV is production',
      madeToken: made,
      debug: { token: made, environment, tokenPlace: 'in the link that `npx nestjs-trace-collector serve` printed' },
    };
  }
  return {
    mode: 'loopback',
    note: 'open to this machine',
    debug: {
      token: made,
      access: 'loopback',
      environment: 'development',
      tokenPlace:
        'what --token-file or TRACE_TOKEN of `npx nestjs-trace-collector serve` gives; it was started without one, for callers on its machine only',
    },
  };
}

function given({ token, from }: { token: string; from: string }): ServeAccess {
  if (token.length < MIN_PRODUCTION_TOKEN) {
    // The length, never the token: the message is written to logs.
    throw new TraceCollectorError(
      'OPTION_INVALID',
      `The token of ${from} has ${token.length} characters; at least ${MIN_PRODUCTION_TOKEN} are required. One is made with: openssl rand -hex 32`,
    );
  }
  return {
    mode: 'token',
    note: `with the token of ${from}`,
    debug: {
      token,
      environment: 'production',
      tokenPlace: `the one of ${from} of \`npx nestjs-trace-collector serve\``,
    },
  };
}

function isThisMachine(host: string): boolean {
  return isLoopbackAddress(host) || isLoopbackHost(host);
}
