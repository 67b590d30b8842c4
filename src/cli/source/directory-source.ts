import type { AllQueries } from '../../../libs/trace/src/contract/question.js';
import { packageVersion } from '../../../libs/trace/src/model/package-version.js';

/** The traces of a directory, read without the application; read-only. */
export interface DirectorySource {
  queries: AllQueries;
  /** Sentences about the parts that could not be read. */
  problems: string[];
  close(): Promise<void>;
}

/**
 * Loaded only when a directory is read: SQLite and the views would double the start of every other command.
 *
 * Throws `NO_DIRECTORY` where there are no traces, `DATA_NEWER` and `DATA_UNREADABLE` where they cannot be read.
 */
export async function openDirectorySource(dir: string): Promise<DirectorySource> {
  const [{ openDirectory }, { TraceQueryService }] = await Promise.all([
    import('../../../libs/trace/src/store/embedded/read-only-store.js'),
    import('../../../libs/trace/src/query/trace-query.js'),
  ]);
  const store = await openDirectory(dir);
  return {
    problems: store.problems,
    queries: new TraceQueryService({ store, version: packageVersion() }),
    close: () => store.close(),
  };
}
