import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseSegmentFile } from '../codec/format.js';
import type { SegmentInfo } from '../read/segments.js';
import { tightenPath } from './private-file.js';
import { journalDir } from './segment-file.js';

/** Files of the directory with captured text or a token, and their temporary files. */
const OWN = /^(catalog\.db(-wal|-shm|-journal)?|pins|debug-token(\.\d+\.[0-9a-f]+)?|server\.json)$/;
const COPY_SUFFIX = '.tmp';

/**
 * Removes the permissions of group and others from the package's files in the directory: earlier versions left the
 * catalog readable, and a restored backup may have any mode. Returns one sentence for each file that stays readable.
 * @param segments the segments as they were just listed
 */
export function tightenModes(dir: string, segments: readonly SegmentInfo[]): string[] {
  const journal = journalDir(dir);
  const paths = [
    ...namesIn(dir).flatMap((name) => (OWN.test(name) ? [join(dir, name)] : [])),
    ...namesIn(journal).flatMap((name) => (isUnnamedCopy(name) ? [join(journal, name)] : [])),
    ...segments.flatMap(({ isWide, path }) => (isWide ? [path] : [])),
  ];
  return paths.flatMap((path) => problemOf(path) ?? []);
}

function isUnnamedCopy(name: string): boolean {
  return name.endsWith(COPY_SUFFIX) && parseSegmentFile(name.slice(0, -COPY_SUFFIX.length)) !== undefined;
}

function problemOf(path: string): string | undefined {
  try {
    if (tightenPath(path)) return undefined;
    return `Other users can read ${path}, which belongs to another user. Its owner can change that: chmod 600 ${path}`;
  } catch (error) {
    return `Other users can read ${path}, and its mode cannot be changed: ${(error as Error).message}`;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
