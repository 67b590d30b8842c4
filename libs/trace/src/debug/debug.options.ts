import type { CanActivate, Type } from '@nestjs/common';
import { TraceCollectorError } from '../model/errors.js';
import { isPlainObject } from '../model/objects.js';
import { badOption, booleanOption, listOption, objectOption, oneOf, textOption } from '../model/option-checks.js';

/** Where the debug routes are served, and who may call them. */
export interface DebugModuleOptions {
  /** Path of the debug routes, below the application's global prefix. Default: `debug`. */
  path?: string;
  /**
   * `loopback`: callers on this machine need no token, whatever `NODE_ENV` is, except in production. Default: what the environment
   * variable `TRACE_ACCESS` has, else only if `NODE_ENV` is `development` or `test`.
   */
  access?: 'loopback';
  /**
   * The token that opens `/debug`. In production it has at least 32 characters. Default: the environment variable
   * `TRACE_TOKEN`, else a random one, which is kept in `<dir>/debug-token`; in production there is no random one, and
   * `/debug` stays closed.
   */
  token?: string;
  /** Guards of your own, as classes or instances. They replace the token. Default: none. */
  guards?: (Type<CanActivate> | CanActivate)[];
  /**
   * Class decorators for the controllers of `/debug`, for global guards and interceptors that read metadata: `Public()`
   * for a JWT guard, `SkipThrottle({ burst: true })`, `ApiExcludeController()`. They set metadata only; guards belong
   * into `guards`. Default: none.
   */
  decorators?: ClassDecorator[];
  /** `false` serves no debug routes. Default: `true`. */
  enabled?: boolean;
}

/** The `debug` options with all defaults. Resolved once at start; no other code of this room reads the environment. */
export interface ResolvedDebugOptions {
  /** Path of the debug routes, below the application's global prefix. */
  path: string;
  /** `false`: every debug route answers Nest's ordinary 404. */
  enabled: boolean;
  /** `loopback`: callers on this machine need no token. Has no effect in production. */
  access?: 'loopback';
  /** The configured token. An empty one counts as none; in production it has at least 32 characters. */
  token?: string;
  /** The application's guards. If there are any, they decide about every caller, in this order, and the token is not used. */
  guards: readonly (Type<CanActivate> | CanActivate)[];
  /** Class decorators for each debug controller. They set metadata for the application's global guards. */
  decorators?: readonly ClassDecorator[];
  /** The trace directory, where the generated token is kept. */
  dir: string;
  /** Where people find the token, as the end of the sentence "It is …". Default: `debug.token` and the file in `dir`. */
  tokenPlace?: string;
  /** `NODE_ENV` at start. */
  environment?: string;
  /** Milliseconds between the heartbeat comments of a stream. Default 15,000. */
  heartbeatMs?: number;
}

const MIN_PRODUCTION_TOKEN = 32;

/** @throws TraceCollectorError `OPTION_INVALID` for the first invalid option. */
export function resolveDebug(
  options: DebugModuleOptions | undefined,
  dir: string,
  env: NodeJS.ProcessEnv,
): ResolvedDebugOptions {
  const given = objectOption('debug', options, ['path', 'access', 'token', 'guards', 'decorators', 'enabled']);
  const path = (textOption('debug.path', given.path) ?? 'debug').replace(/^\/+|\/+$/g, '');
  if (!/^\w[\w.~-]*(?:\/\w[\w.~-]*)*$/.test(path))
    throw badOption('debug.path', given.path, "a plain path such as 'debug' or 'internal/debug'");
  return {
    path,
    access: accessOf(given.access, env),
    token: tokenOf(given.token, env),
    guards: listOption('debug.guards', given.guards, (g) => typeof g === 'function' || isPlainObject(g), 'guards'),
    decorators: listOption('debug.decorators', given.decorators, (d) => typeof d === 'function', 'class decorators'),
    enabled: booleanOption('debug.enabled', given.enabled, true),
    dir,
    environment: env.NODE_ENV,
  };
}

function accessOf(given: unknown, env: NodeJS.ProcessEnv): 'loopback' | undefined {
  // An empty variable counts as not set.
  const [name, value] = given === undefined ? ['TRACE_ACCESS', env.TRACE_ACCESS || undefined] : ['debug.access', given];
  return value === undefined ? undefined : oneOf<'loopback'>(name, value, 'loopback', ['loopback']);
}

function tokenOf(given: unknown, env: NodeJS.ProcessEnv): string | undefined {
  const [name, token] =
    given === undefined
      ? ['TRACE_TOKEN', env.TRACE_TOKEN || undefined]
      : ['debug.token', textOption('debug.token', given)];
  if (token === undefined || env.NODE_ENV !== 'production' || token.length >= MIN_PRODUCTION_TOKEN) return token;
  // The message has the token's length, never the token: it is written to logs.
  throw new TraceCollectorError(
    'OPTION_INVALID',
    `\`${name}\` has ${token.length} characters; in production at least ${MIN_PRODUCTION_TOKEN} are required`,
  );
}
