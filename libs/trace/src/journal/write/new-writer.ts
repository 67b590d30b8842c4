import { randomUUID } from 'node:crypto';
import { slotOf, SLOTS, type Writer } from '../../model/trace-key.js';
import { parseSegmentFile, segmentFile } from '../codec/format.js';
import { journalDir } from '../files/segment-file.js';
import { namesIn, readWriter } from '../read/segments.js';
import { join } from 'node:path';

/** Above every segment number, which has 8 digits: numbers of writers that could not create a segment. */
export const FIRST_HOMELESS_NUMBER = 100_000_000;
/** Headers that are read to find an earlier writer. The newest one nearly always is whole. */
const MAX_HEADERS = 8;
/** Another process creates a file and writes its header within 0.1 ms. */
const HEADER_WAIT_MS = 2;

/**
 * The identity of this process in `dir`, where `number` is its first segment. Trace ids must differ between processes of
 * one directory and, as far as chance allows, between hosts. So the last 6 bits of the UUID, the process's slot, are
 * random in a new directory, and count on from an earlier writer's where there is one: 64 processes with neighbouring
 * numbers have 64 slots.
 */
export function newWriter(dir: string, number: number): Writer {
  const id = randomUUID();
  const earlier = earlierWriter(dir, number);
  if (!earlier) return { id, number };
  // Format 1 used the number itself.
  const slot = earlier.id.length === id.length ? slotOf(earlier) : earlier.number % SLOTS;
  return { id: withSlot(id, slot + number - earlier.number), number };
}

function withSlot(id: string, slot: number): string {
  const last = Number.parseInt(id.slice(-2), 16) & ~(SLOTS - 1);
  return id.slice(0, -2) + (last | (slot & (SLOTS - 1))).toString(16).padStart(2, '0');
}

function earlierWriter(dir: string, number: number): Writer | undefined {
  const journal = journalDir(dir);
  const earlier = namesIn(journal)
    .flatMap((name) => parseSegmentFile(name) ?? [])
    .filter((segment) => !segment.kept && segment.number < number)
    .sort((a, b) => b.number - a.number);
  for (const segment of earlier.slice(0, MAX_HEADERS)) {
    const path = join(journal, segmentFile(segment.number));
    const writer = readWriter(path) ?? (pause(), readWriter(path));
    if (writer && writer.number < FIRST_HOMELESS_NUMBER) return writer;
  }
  return undefined;
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, HEADER_WAIT_MS);
}
