import type { CanActivate, Type } from '@nestjs/common';

/** Injects the queries: a `TraceQueries`. */
export const TRACE_QUERIES = Symbol('TRACE_QUERIES');

/** Injects `ResolvedDebugOptions`. */
export const DEBUG_OPTIONS = Symbol('DEBUG_OPTIONS');

/** The `debug` options after defaults were filled in. Resolved once at start; nothing here reads the environment again. */
export interface ResolvedDebugOptions {
  /** Path of the routes below the application's global prefix. Default `debug`. */
  path: string;
  /** `false`: every route answers Nest's ordinary 404. */
  enabled: boolean;
  /** `loopback`: trust callers on this machine as in development. Without effect in production. */
  access?: 'loopback';
  /** The configured token. Empty counts as none; production takes 32 characters or more. */
  token?: string;
  /** The application's own guards: when there are any, they decide for every caller, in this order, in place of the token. */
  guards: readonly (Type<CanActivate> | CanActivate)[];
  /** Put on every controller here, for the application's global guards to read. They open nothing by themselves. */
  decorators?: readonly ClassDecorator[];
  /** The trace directory, which stores the generated token. */
  dir: string;
  /** `NODE_ENV` as it was at start. */
  environment?: string;
  /** Milliseconds between heartbeat comments of a stream. Default 15,000. */
  heartbeatMs?: number;
}
