import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { countOf } from '../../../libs/trace/src/views/durations.js';
import type { Finding } from './finding.js';

/** What lies in the storage directory, by its file names and sizes only: also a directory of a newer version is told. */
export async function checkDirectory(dir: string): Promise<Finding> {
  const journal = join(dir, 'journal');
  try {
    const names = (await readdir(journal)).filter((name) => name.endsWith('.ndjson'));
    if (names.length === 0) return { value: `${resolve(dir)} has no traces`, ok: false };
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(journal, name))).size));
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    return { value: `${resolve(dir)}: ${countOf(names.length, 'segment')}, ${countOf(bytes, 'byte')}`, ok: true };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'has no traces' : `cannot be read (${code ?? (error as Error).message})`;
    return { value: `${resolve(dir)} ${why}`, ok: false };
  }
}
