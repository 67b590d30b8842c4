import { readdirSync } from 'node:fs';
import type { IndexProgress } from '../../catalog/catalog.api.js';
import { ReadingHome } from '../../catalog/db/reading-home.js';
import { hasPages } from '../../catalog/db/sqlite/sqlite.js';
import { InlineCatalog } from '../../catalog-worker/inline.js';
import { journalDir } from '../../journal/files/segment-file.js';
import { listSegments } from '../../journal/read/segments.js';
import { TraceCollectorError } from '../../model/errors.js';
import { copyCatalog, type CatalogCopy } from './catalog-copy.js';
import { DirectoryStore } from './directory-store.js';

export { progressText } from '../../catalog/catalog.api.js';
export { sqliteInUse } from '../../catalog/db/sqlite/sqlite.js';
export { HOW_TO_GET_SQLITE } from '../../catalog/db/sqlite/sqlite-package.js';

/** A program without an application to serve may take its time: all is indexed before it answers. */
const PATIENCE_MS = 10 * 60_000;

/** What a program that reads a directory can set. */
export interface OpenDirectoryOptions {
  /** Called every two seconds while the index is built from the journal. */
  onProgress?: (progress: IndexProgress) => void;
}

/**
 * Opens a directory of traces for reading, beside the application that writes it or without one. Nothing in the
 * directory is changed: pages of its catalog are read where they are, and what it lacks is indexed in memory. Without a
 * usable catalog an index is built and kept in the user's cache folder. A file that cannot be used is left out and named in
 * `problems`; the others are read.
 *
 * Throws `NO_DIRECTORY` where there is no journal, `DATA_NEWER` for a newer version's data, `DATA_UNREADABLE` where
 * the files cannot be opened, `CATALOG_UNAVAILABLE` without SQLite.
 */
export async function openDirectory(
  dir: string,
  options: OpenDirectoryOptions = {},
): Promise<DirectoryStore & { problems: string[] }> {
  checkReadable(dir);
  const home = hasPages() ? new ReadingHome(dir) : undefined;
  const copy = home ? undefined : copyCatalog(dir, journalBytes(dir));
  const place = home ? { home } : { file: copy?.file };
  const catalog = new InlineCatalog({ dir, ...place, readOnly: true, patienceMs: PATIENCE_MS });
  let problems: string[];
  try {
    await catalog.build(options.onProgress);
    problems = (await catalog.ask('state')).problems;
    if (copy?.problem !== undefined) problems.unshift(copy.problem);
  } catch (error) {
    await catalog.close();
    copy?.remove();
    throw error instanceof TraceCollectorError ? error : unreadable(dir, error);
  }
  return new ReadOnlyStore(dir, catalog, copy, problems);
}

function checkReadable(dir: string): void {
  try {
    readdirSync(journalDir(dir));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw unreadable(dir, error);
    throw new TraceCollectorError(
      'NO_DIRECTORY',
      `There are no traces in ${dir}: it has no folder "journal". Give the directory of the application's traces with --dir or TRACE_DIR.`,
    );
  }
}

function journalBytes(dir: string): number {
  return listSegments(dir).reduce((sum, { size }) => sum + size, 0);
}

function unreadable(dir: string, cause: unknown): TraceCollectorError {
  const { message } = cause as Error;
  return new TraceCollectorError('DATA_UNREADABLE', `The traces in ${dir} cannot be read: ${message}`, { cause });
}

/** A directory without `admin`: only a running application changes it. */
class ReadOnlyStore extends DirectoryStore {
  constructor(
    dir: string,
    catalog: InlineCatalog,
    private readonly copy: CatalogCopy | undefined,
    readonly problems: string[],
  ) {
    super({ dir, catalog });
  }

  override async health(): ReturnType<DirectoryStore['health']> {
    const found = await super.health();
    const problem = this.copy?.problem;
    return problem === undefined ? found : { ...found, problems: [problem, ...found.problems] };
  }

  override async close(): Promise<void> {
    await super.close();
    this.copy?.remove();
  }
}
