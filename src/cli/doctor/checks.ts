import { lstat, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { countOf } from '../../../libs/trace/src/views/text/durations.js';

/** One result of `doctor`. */
export interface Finding {
  value: string;
  /** The flag, variable or file that set it. */
  from?: string;
  /** Whether the check passed; absent where nothing was checked. */
  ok?: boolean;
}

/** The segments of the storage directory, from names and sizes only, so that a directory of a newer version is shown too. */
export async function checkDirectory(dir: string): Promise<Finding> {
  const journal = join(dir, 'journal');
  try {
    const names = (await readdir(journal)).filter((name) => name.endsWith('.ndjson'));
    const found = await Promise.all(names.map((name) => lstat(join(journal, name))));
    const files = found.filter((entry) => entry.isFile());
    const strange = names.filter((_, at) => !found[at]!.isFile());
    const not = strange.length === 0 ? '' : `; not files, and not read: ${strange.join(', ')}`;
    if (files.length === 0) return { value: `${resolve(dir)} has no traces${not}`, ok: false };
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    const value = `${resolve(dir)}: ${countOf(files.length, 'segment')}, ${countOf(bytes, 'byte')}${not}`;
    return { value, ok: strange.length === 0 };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'has no traces' : `cannot be read (${code ?? (error as Error).message})`;
    return { value: `${resolve(dir)} ${why}`, ok: false };
  }
}

/** The SQLite that reads a directory. */
export async function checkSqlite(): Promise<Finding> {
  const { HOW_TO_GET_SQLITE, sqliteInUse } = await import('../../../libs/trace/src/store/embedded/read-only-store.js');
  const name = sqliteInUse()?.name;
  return name === undefined ? { value: `none. ${HOW_TO_GET_SQLITE}`, ok: false } : { value: name, ok: true };
}
