import { TraceCollectorError } from '../../../libs/trace/src/model/errors.js';
import { targetOfUrl, type SharedTarget } from '../../../libs/trace/src/store/shared-target.js';
import { usageError } from '../cli-error.js';
import type { Setting, Settings } from '../config/settings.js';

/** The shared store of a URL. @throws CliError that names the flag or variable, without a password */
export function targetOf({ value, name }: Setting<string>): SharedTarget {
  try {
    return targetOfUrl(value);
  } catch (error) {
    if (!(error instanceof TraceCollectorError)) throw error;
    // The option of an application is not what was typed here.
    throw usageError(error.message.replace(/^TraceModule option `[^`]*`/, name));
  }
}

/** A wrong address must not leave tables in a stranger's database: only applications, `ship` and `db` create them. */
export function readingTarget(setting: Setting<string>): SharedTarget {
  return { ...targetOf(setting), manage: 'off' };
}

/** The shared store of `--store` or TRACE_STORE_URL, for commands that are about one. */
export function neededTarget({ store }: Settings, command: string): SharedTarget {
  if (store) return targetOf(store);
  throw usageError(
    `${command} needs a shared store: give --store postgres://user@host:5432/database, or set TRACE_STORE_URL`,
  );
}
