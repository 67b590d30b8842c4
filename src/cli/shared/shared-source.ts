import { packageVersion } from '../../../libs/trace/src/model/package-version.js';
import { TraceQueryService } from '../../../libs/trace/src/query/trace-query.js';
import { shownTarget } from '../../../libs/trace/src/store/shared-target.js';
import { openSharedReader } from '../../../libs/trace/src/targets/shared-readers.js';
import type { Setting } from '../config/settings.js';
import type { LocalSource } from '../source/directory-source.js';
import { readingTarget } from './store-setting.js';

/** The traces of all instances, read from their shared store. Changes are made there too. */
export interface SharedSource extends LocalSource {
  /** Rejects with `STORE_UNAVAILABLE` and others where it cannot be read now. */
  probe(): Promise<void>;
}

/**
 * Loaded only when a shared store is read. It connects at the first question.
 *
 * @throws CliError for what is no URL of a shared store
 */
export function openSharedSource(setting: Setting<string>): SharedSource {
  const target = readingTarget(setting);
  const store = openSharedReader(target);
  return {
    shown: shownTarget(target),
    problems: [],
    queries: new TraceQueryService({ store, version: packageVersion() }),
    probe: async () => void (await store.list({ limit: 1 })),
    close: () => store.close(),
  };
}
