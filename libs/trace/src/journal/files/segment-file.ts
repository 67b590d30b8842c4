import { closeSync, constants, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIR_MODE, parseSegmentFile, segmentFile } from '../codec/format.js';
import { createPrivate, makePrivateFolder } from './private-file.js';

const APPEND = constants.O_WRONLY | constants.O_APPEND;
const MAX_TRIES = 1000;

/** A segment that was just created, empty. */
export interface NewSegment {
  number: number;
  path: string;
  fd: number;
  inode: number;
  device: number;
}

/** `<dir>/journal`. */
export function journalDir(dir: string): string {
  return join(dir, 'journal');
}

/**
 * Creates the next segment. Several processes do this at once in one directory: the process that creates a name
 * exclusively has its number, the others try the next one. Creates the directories too, and keeps them out of version control.
 * Throws what the file system throws.
 * @param above numbers up to this one are taken, whatever the directory shows
 */
export function createSegment(dir: string, above: number, kept = false): NewSegment {
  const journal = journalDir(dir);
  makeFolder(dir, journal);
  ignoreInGit(dir);
  let number = Math.max(above, highestNumber(journal)) + 1;
  for (let tries = 0; ; tries += 1, number += 1) {
    const path = join(journal, segmentFile(number, kept));
    try {
      return { number, path, ...createPrivate(path, APPEND) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || tries >= MAX_TRIES) throw error;
    }
  }
}

function makeFolder(dir: string, journal: string): void {
  try {
    makePrivateFolder(journal);
  } catch (error) {
    // The recursive form reports a read-only file system as ENOENT; the plain one gives the right code.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') mkdirSync(dir, { mode: DIR_MODE });
    throw error;
  }
}

function highestNumber(journal: string): number {
  let highest = 0;
  for (const name of readdirSync(journal)) highest = Math.max(highest, parseSegmentFile(name)?.number ?? 0);
  return highest;
}

/** Keeps the traces, which contain customers' messages, out of version control. A failure is ignored. */
function ignoreInGit(dir: string): void {
  const path = join(dir, '.gitignore');
  try {
    if (existsSync(path)) return;
    const { fd } = createPrivate(path, constants.O_WRONLY);
    try {
      writeFileSync(fd, '*\n');
    } finally {
      closeSync(fd);
    }
  } catch {
    // Another process was first, or the directory takes no more files: then creating the segment fails as well.
  }
}
