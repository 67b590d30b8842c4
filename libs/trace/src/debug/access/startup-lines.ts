import type { ResolvedDebugOptions } from '../debug.options.js';
import { MIN_PRODUCTION_TOKEN, accessMode } from './access-mode.js';
import type { DebugToken } from './debug-token.js';

/** Short form of the README's warning: through such a proxy every caller is a caller on this machine. */
const PROXY_NOTE =
  'behind a proxy on it that adds no header it is open to all: then set NODE_ENV=production and debug.token';

/**
 * The lines of the start-up log about access. A generated token is logged as a link, which is how its owner gets access;
 * a configured one is never logged.
 *
 * @param baseUrl the application's address with its global prefix, without a slash at the end: `http://localhost:8000`.
 * @param made the token of the trace directory; only needed where one was made.
 */
export function startupLines(options: ResolvedDebugOptions, baseUrl: string, made?: DebugToken): string[] {
  const url = `${baseUrl.replace(/\/+$/, '')}/${options.path}`;
  switch (accessMode(options)) {
    case 'off':
      return options.enabled ? [productionLine(options)] : [];
    case 'guards':
      return [`Traces: ${url} (the guards of debug.guards decide who may look)`];
    case 'loopback':
      return [`Traces: ${url} (open to this machine; ${PROXY_NOTE})`, ...problemLines(made)];
    case 'token':
      return options.token
        ? [`Traces: ${url} (with the token of debug.token)`]
        : [`Traces: ${url}${made ? `?token=${made.token}` : ' (with the token)'}`, ...problemLines(made)];
  }
}

function productionLine(options: ResolvedDebugOptions): string {
  const short =
    options.token && options.token.length < MIN_PRODUCTION_TOKEN
      ? `the configured debug.token has ${options.token.length} characters; `
      : '';
  const access = options.access === 'loopback' ? "debug.access: 'loopback' opens nothing in production; " : '';
  return `Traces: /${options.path} is off in production: ${short}${access}set debug.token to ${MIN_PRODUCTION_TOKEN} characters or more, or debug.guards, to turn it on`;
}

function problemLines(made: DebugToken | undefined): string[] {
  return made?.problem ? [`Traces: ${made.problem}`] : [];
}
