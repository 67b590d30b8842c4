import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyPrefix, slotOf, SLOTS, writerNumber } from '../../model/trace-key.js';
import { RecordEncoder, sealLine } from '../codec/codec.js';
import { headerOf } from '../codec/segment-header.js';
import { segmentFile } from '../codec/format.js';
import { isWriterAlive, thisProcess } from '../writer-identity.js';
import { readWriter } from '../read/segments.js';
import { newWriter } from './new-writer.js';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'writer-'));
  mkdirSync(join(dir, 'journal'));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

function startProcess(number: number) {
  const writer = newWriter(dir, number);
  const encoder = new RecordEncoder();
  const length = encoder.encode(headerOf(writer, 1), 1);
  writeFileSync(join(dir, 'journal', segmentFile(number)), encoder.buffer.subarray(0, length));
  return writer;
}

it('gives 64 processes of one directory 64 slots, also where one had several segments', () => {
  const numbers = Array.from({ length: SLOTS }, (_, n) => n + 1 + (n > 30 ? SLOTS : 0));
  const slots = numbers.map((number) => slotOf(startProcess(number)));
  expect(new Set(slots).size).toBe(SLOTS);
});

it('gives two new directories a different key and, except in 1 of 64 cases, a different slot', () => {
  const writers = Array.from({ length: 200 }, () => newWriter(join(dir, 'new'), 1));
  expect(new Set(writers.map(keyPrefix)).size).toBe(200);
  expect(new Set(writers.map(slotOf)).size).toBeGreaterThan(40);
});

it('continues the numbers of a process that wrote format 1', () => {
  const rest = '"seq":1,"ts":1,"kind":"segment","format":1,"boot":"7-aabbccdd-4242-4026531836-1700000000","pid":9,';
  const line = Buffer.from(`{"crc":"00000000",${rest}"host":"h","version":"0.1.0"}\n`);
  sealLine(line);
  writeFileSync(join(dir, 'journal', segmentFile(7)), line);
  expect(readWriter(join(dir, 'journal', segmentFile(7)))).toEqual({
    number: 7,
    id: '7-aabbccdd-4242-4026531836-1700000000',
    process: '4242-4026531836-1700000000',
    version: '0.1.0',
    pid: 9,
    host: 'h',
  });
  expect(slotOf(newWriter(dir, 9))).toBe(9);
});

it('skips a file whose header was never written', () => {
  const first = startProcess(1);
  writeFileSync(join(dir, 'journal', segmentFile(2)), '');
  expect(slotOf(newWriter(dir, 3))).toBe((slotOf(first) + 2) % SLOTS);
});

it('writes its current host and process into a header', () => {
  startProcess(1);
  const writer = readWriter(join(dir, 'journal', segmentFile(1)))!;
  expect(writer).toMatchObject({ number: 1, ...thisProcess() });
  expect(isWriterAlive(writer, 0)).toBe(true);
  expect(isWriterAlive({ ...writer, process: '1-0-0' }, 0)).toBe(false);
});

it('resolves a key to its process', () => {
  const key = `${keyPrefix({ id: '0123abcd-ef01-4000-8000-000000000000', number: 12 })}-3`;
  expect(key).toMatch(/^12x[0-9a-z]{8}-3$/);
  expect(writerNumber(key)).toBe(12);
  expect(writerNumber('12-3')).toBe(12);
});
