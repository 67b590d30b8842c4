import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { Durability } from '../journal/write/writer.js';
import { isPlainObject } from '../model/objects.js';
import {
  badOption,
  durationOption,
  objectOption,
  oneOf,
  sizeOption,
  textOption,
  type ByteSize,
} from '../model/option-checks.js';
import type { Duration } from '../model/time.js';
import type { TraceStore } from './port.js';
import { type SharedTarget, targetOfUrl, withoutPassword } from './shared-target.js';

/** Where the journal is kept, what an acknowledged event survives, and the store that several instances share. */
export interface StorageOptions {
  /** The trace directory. Default: the environment variable `TRACE_DIR`, else `.traces` in the working directory. */
  dir?: string;
  /**
   * What a recorded event survives. `process`: the death of the process, as soon as the function that records it returns,
   * because each event is one write. `turn`: the death of the process, as soon as the client or another process has
   * received a byte after it; the events of one turn of the event loop are one write, which costs the application less. A
   * `kill -9` can take the last milliseconds of which no byte has left. `fsync`: like `process`, and also the death of the
   * machine, except for the last 500 ms. Default: `process`; `fsync` makes the disk do work for every half second of traffic.
   */
  durability?: 'process' | 'turn' | 'fsync';
  /**
   * A database that several instances share: `postgres({ url })` or `clickhouse({ url })`. The directory then holds what is
   * not in it yet. Default: the URL in the environment variable `TRACE_STORE_URL`, else none.
   */
  shared?: SharedTarget;
  /** Name of this instance in the shared store. Default: the host's name. */
  instance?: string;
  /** Name of this service in the shared store, where several services share one. Default: none. */
  service?: string;
  /** What waits in the directory for the shared store. */
  spool?: SpoolOptions;
  /**
   * How long the directory keeps what the shared store has, for answers while that is out of reach: milliseconds, or a text
   * such as `1h`. Default: 1 hour.
   */
  keepLocal?: Duration;
  /** How long a shutdown may take to bring the rest into the shared store: milliseconds, or a text such as `5s`. Default: 5 seconds. */
  closeMs?: Duration;
}

/** What waits in the directory for the shared store. */
export interface SpoolOptions {
  /**
   * Bytes that wait at most; the oldest are deleted beyond it, and counted in `health.shared.unshipped_lost`. Bytes, or a
   * text such as `4GiB`. Default: 4 GiB.
   */
  maxBytes?: ByteSize;
}

/** How an application uses a shared store. */
export interface ResolvedShared {
  target: SharedTarget;
  instance: string;
  service: string | undefined;
  spoolBytes: number;
  keepLocalMs: number;
  closeMs: number;
}

export interface ResolvedStorage {
  dir: string;
  durability: Durability;
  /** A store of the application's own; `dir` then holds the journal and the debug token. */
  store: TraceStore | undefined;
  /** The shared store; `undefined`: there is none. */
  shared: ResolvedShared | undefined;
}

const KEYS = ['dir', 'durability', 'shared', 'instance', 'service', 'spool', 'keepLocal', 'closeMs'] as const;
const HOUR_MS = 3_600_000;

/** @throws TraceCollectorError `OPTION_INVALID` for the first invalid option. */
export function resolveStorage(
  options: StorageOptions | TraceStore | undefined,
  env: NodeJS.ProcessEnv,
): ResolvedStorage {
  const store = isStore(options) ? options : undefined;
  const given = objectOption<StorageOptions>('storage', store ? undefined : (options as StorageOptions), KEYS);
  return {
    // Resolved once: a later `process.chdir` moves neither the traces nor the token.
    dir: resolve(textOption('storage.dir', given.dir) ?? (env.TRACE_DIR || '.traces')),
    durability: oneOf('storage.durability', given.durability, 'process', ['process', 'turn', 'fsync']),
    store,
    // A store of the application's own is what it reads, whatever the environment has.
    shared: store ? undefined : resolveShared(given, env),
  };
}

function resolveShared(given: StorageOptions, env: NodeJS.ProcessEnv): ResolvedShared | undefined {
  const spool = objectOption('storage.spool', given.spool, ['maxBytes']);
  const shared = {
    instance: textOption('storage.instance', given.instance) ?? hostname(),
    service: textOption('storage.service', given.service),
    spoolBytes: sizeOption('storage.spool.maxBytes', spool.maxBytes, 4 * 2 ** 30),
    keepLocalMs: durationOption('storage.keepLocal', given.keepLocal, HOUR_MS),
    closeMs: durationOption('storage.closeMs', given.closeMs, 5_000),
  };
  const target = given.shared === undefined ? targetIn(env) : checked(given.shared);
  return target && { target, ...shared };
}

function targetIn({ TRACE_STORE_URL: url }: NodeJS.ProcessEnv): SharedTarget | undefined {
  return url ? targetOfUrl(url) : undefined;
}

function checked(value: SharedTarget): SharedTarget {
  if (isPlainObject(value) && ['postgres', 'clickhouse'].includes(value.kind)) return value;
  // Whatever was given may have a password.
  const shown = typeof value === 'string' ? withoutPassword(value) : value === null ? 'null' : typeof value;
  throw badOption('storage.shared', shown, 'postgres({ url }) or clickhouse({ url })');
}

function isStore(value: unknown): value is TraceStore {
  return isPlainObject(value) && typeof value.list === 'function' && typeof value.getMany === 'function';
}
