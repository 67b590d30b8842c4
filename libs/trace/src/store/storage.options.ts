import { resolve } from 'node:path';
import { isPlainObject } from '../model/objects.js';
import { objectOption, oneOf, textOption } from '../model/option-checks.js';
import type { TraceStore } from './port.js';

/** Where the journal is kept, and what an acknowledged event survives. */
export interface StorageOptions {
  /** The trace directory. Default: the environment variable `TRACE_DIR`, else `.traces` in the working directory. */
  dir?: string;
  /**
   * What an acknowledged event survives. `process`: the death of the process. `fsync`: also that of the machine, except
   * for the last 500 ms. Default: `process`, because `fsync` makes the disk do work for every half second of traffic.
   */
  durability?: 'process' | 'fsync';
}

export interface ResolvedStorage {
  dir: string;
  durability: 'process' | 'fsync';
  /** A store of the application's own; `dir` then holds the journal and the debug token. */
  store: TraceStore | undefined;
}

/** @throws TraceCollectorError `OPTION_INVALID` for the first invalid option. */
export function resolveStorage(
  options: StorageOptions | TraceStore | undefined,
  env: NodeJS.ProcessEnv,
): ResolvedStorage {
  const store = isStore(options) ? options : undefined;
  const given = objectOption<StorageOptions>('storage', store ? undefined : (options as StorageOptions), [
    'dir',
    'durability',
  ]);
  return {
    // Resolved once: a later `process.chdir` moves neither the traces nor the token.
    dir: resolve(textOption('storage.dir', given.dir) ?? (env.TRACE_DIR || '.traces')),
    durability: oneOf('storage.durability', given.durability, 'process', ['process', 'fsync']),
    store,
  };
}

function isStore(value: unknown): value is TraceStore {
  return isPlainObject(value) && typeof value.list === 'function' && typeof value.getMany === 'function';
}
