import type { AllQueries } from '../../../libs/trace/src/contract/question.js';
import { packageVersion } from '../../../libs/trace/src/model/package-version.js';

/** Traces that are read without a server: those of a directory, read-only, or of a shared store. */
export interface LocalSource {
  /** Where they are, without a password. */
  shown: string;
  queries: AllQueries;
  /** Sentences about the parts that could not be read. */
  problems: string[];
  close(): Promise<void>;
}

/**
 * Loaded only when a directory is read: SQLite and the views would double the start of every other command.
 *
 * @param notice prints a line on stderr while the index is built
 *
 * Throws `NO_DIRECTORY` where there are no traces, `DATA_NEWER` and `DATA_UNREADABLE` where they cannot be read.
 */
export async function openDirectorySource(dir: string, notice?: (text: string) => unknown): Promise<LocalSource> {
  const [{ openDirectory, progressText }, { TraceQueryService }] = await Promise.all([
    import('../../../libs/trace/src/store/embedded/read-only-store.js'),
    import('../../../libs/trace/src/query/trace-query.js'),
  ]);
  const store = await openDirectory(dir, {
    onProgress: notice && ((progress) => void notice(progressText(progress))),
  });
  return {
    shown: dir,
    problems: store.problems,
    queries: new TraceQueryService({ store, version: packageVersion() }),
    close: () => store.close(),
  };
}
