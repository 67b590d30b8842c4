import { targetOfUrl, type SharedTarget } from '../../../libs/trace/src/store/shared-target.js';
import { usageError } from '../cli-error.js';
import type { Settings } from '../config/settings.js';

/** The shared store of `--store` or TRACE_STORE_URL, for commands that are about one. */
export function neededTarget({ store }: Settings, command: string): SharedTarget {
  if (store) return targetOfUrl(store.value);
  throw usageError(
    `${command} needs a shared store: give --store postgres://user@host:5432/database, or set TRACE_STORE_URL`,
  );
}
