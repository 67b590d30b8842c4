import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JournalRecord, JsonText, RecordDraft } from '../model/record.js';
import { decodeLine, RecordEncoder, sealLine } from './codec/codec.js';
import { MAX_RECORD_BYTES, parseSegmentFile, segmentFile } from './codec/format.js';
import { overwriteLines } from './write/overwrite.js';
import { SegmentReader } from './read/reader.js';
import { isBeingWritten, listSegments, readEnd, readWriter } from './read/segments.js';
import { JournalWriter } from './write/writer.js';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'journal-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const json = (value: unknown): JsonText => JSON.stringify(value) as JsonText;

const event = (n: number, data: unknown = { n }): RecordDraft => ({
  kind: 'event',
  trace: '1-1',
  type: 'step',
  data: json(data),
  ts: 1_700_000_000_000_000 + n,
});

function read(path: string): { records: JournalRecord[]; corrupt: number } {
  const reader = new SegmentReader(path);
  const records: JournalRecord[] = [];
  for (let located = reader.next(); located; located = reader.next()) records.push(located.record);
  reader.close();
  return { records, corrupt: reader.corrupt };
}

const readAll = (): JournalRecord[] => listSegments(dir).flatMap(({ path }) => read(path).records);
const events = (records: JournalRecord[]): unknown[] => records.flatMap((r) => (r.kind === 'event' ? [r.data] : []));

const write = (count: number): string => {
  const writer = new JournalWriter({ dir });
  for (let n = 0; n < count; n += 1) writer.append(event(n));
  return join(dir, 'journal', segmentFile(writer.position()!.segment));
};

describe('a line', () => {
  const drafts: RecordDraft[] = [
    {
      kind: 'open',
      trace: '1-1',
      id: 'a_b',
      traceparent: '00-1-2-01',
      link: 'x',
      method: 'POST',
      path: '/w"\n',
      ts: 1,
    },
    {
      kind: 'identify',
      trace: '1-1',
      id: 'i',
      contact: 'ñ\u2028',
      message: 'a,"data":',
      type: 'generic',
      direction: 'inbound',
      message_id: 'm',
      contacts: ['p', 'q'],
      handler: 'A.b',
      body: json({ crc: 'x', deep: [1, { a: '🧠' }] }),
      ts: 2,
    },
    { kind: 'handler', trace: '1-1', handler: 'A.b', ts: 3 },
    { kind: 'event', trace: '1-1', type: 't', span: '00', ms: 1.5, late: true, data: json([null]), ts: 4 },
    {
      kind: 'span',
      trace: '1-1',
      span: '01',
      parent: '00',
      name: 'n',
      type: 'tool',
      late: true,
      input: json('x'),
      ts: 5,
    },
    { kind: 'span_end', trace: '1-1', span: '01', ms: 0, outcome: 'cancelled', late: true, output: json(0), ts: 6 },
    {
      kind: 'error',
      trace: '1-1',
      span: '01',
      location: 'l',
      type: 'E',
      message: '',
      fingerprint: 'f',
      late: true,
      stack: 'a\nb',
      cause: json([{}]),
      context: json(null),
      ts: 7,
    },
    { kind: 'response', trace: '1-1', status: 500, ms: 3, aborted: true, ts: 8 },
    { kind: 'end', trace: '1-1', status: 'completed', dropped: 2, ts: 9 },
    { kind: 'gap', dropped: { ENOSPC: 3 }, ts: 10 },
    { kind: 'seal', ts: 11 },
  ];

  test.each(drafts.map((draft) => [draft.kind, draft] as const))('%s is read back unchanged', (_, draft) => {
    const encoder = new RecordEncoder();
    const length = encoder.encode(draft, 7);
    const text = encoder.buffer.toString('utf8', 0, length);
    expect(text.indexOf('\n')).toBe(text.length - 1);
    const payloads = ['body', 'data', 'input', 'output', 'cause', 'context'];
    const expected = Object.fromEntries(
      Object.entries(draft).map(([key, value]) => [key, payloads.includes(key) ? JSON.parse(value as string) : value]),
    );
    const { crc, ...record } = JSON.parse(text) as Record<string, unknown>;
    expect(crc).toMatch(/^[0-9a-f]{8}$/);
    expect(record).toEqual({ ...expected, seq: 7 });
    expect(decodeLine(encoder.buffer, 0, length - 1)).toEqual(record);
  });

  test('without its payload keeps every other member', () => {
    const encoder = new RecordEncoder();
    const draft: RecordDraft = {
      kind: 'identify',
      trace: '1-1',
      id: 'i',
      contact: 'c',
      message: ',"body":',
      body: json({ a: 1 }),
      ts: 1,
    };
    const length = encoder.encode(draft, 1);
    expect(decodeLine(encoder.buffer, 0, length - 1, true)).toEqual({
      kind: 'identify',
      trace: '1-1',
      id: 'i',
      contact: 'c',
      message: ',"body":',
      seq: 1,
      ts: 1,
    });
  });

  test('of an event keeps its facts without its payload', () => {
    const encoder = new RecordEncoder();
    const facts = { from: ',"data":', to: 'sofia' };
    const length = encoder.encode(
      { kind: 'event', trace: '1-1', type: 'agent_routing', facts, data: json({ from: 'a', to: 'b' }), ts: 1 },
      1,
    );
    const decoded = decodeLine(encoder.buffer, 0, length - 1, true);
    expect(decoded).toEqual({ kind: 'event', trace: '1-1', type: 'agent_routing', facts, seq: 1, ts: 1 });
  });

  test.each([0, 300, 2_000])(
    'keeps attributes and usage with the names of payloads; %d characters before them',
    (fill) => {
      const draft: RecordDraft = {
        kind: 'span_end',
        trace: '1-1',
        span: 'a'.repeat(16),
        ms: 1,
        ts: 1,
        attributes: { input: 'x'.repeat(fill), data: '","output":', stack: true },
        usage: { model: 'gpt-5-mini', input: 812, output: 64 },
        input: json({ usage: { input: 1 } }),
        output: json({ text: 'x'.repeat(5_000) }),
      };
      const encoder = new RecordEncoder();
      const length = encoder.encode(draft, 7);
      const { input: _input, output: _output, ...head } = draft;
      expect(decodeLine(encoder.buffer, 0, length - 1, true)).toEqual({ ...head, seq: 7, crc: undefined });
    },
  );

  test('of format 1 keeps its payload, from which the facts are read', () => {
    const rest = '"seq":7,"ts":1,"kind":"event","trace":"1-1","type":"agent_routing","data":{"from":"a","to":"b"}}';
    const line = Buffer.from(`{"crc":"00000000",${rest}\n`);
    sealLine(line);
    expect(decodeLine(line, 0, line.length - 1, true)).toMatchObject({ seq: 7, data: { from: 'a', to: 'b' } });
  });

  test('stays on one line for any payload text', () => {
    const encoder = new RecordEncoder();
    const length = encoder.encode(
      { kind: 'event', trace: '1-1', type: 't', data: '{\n"a": 1\n}' as JsonText, ts: Number.NaN },
      1,
    );
    expect(encoder.buffer.indexOf('\n')).toBe(length - 1);
    expect(decodeLine(encoder.buffer, 0, length - 1)).toMatchObject({ data: { a: 1 }, ts: 0 });
  });

  test('changed in any bit is refused', () => {
    const encoder = new RecordEncoder();
    const length = encoder.encode(event(1), 1);
    for (let at = 0; at < length - 1; at += 1) {
      const copy = Buffer.from(encoder.buffer.subarray(0, length));
      copy[at]! ^= 1;
      expect(decodeLine(copy, 0, length - 1)?.seq ?? 'refused').toBe('refused');
    }
  });

  test('with a payload of any size is read back unchanged', () => {
    const encoder = new RecordEncoder();
    for (const size of [90_000, 300_000, 10]) {
      for (const char of ['x', 'ñ', '漢', '😀']) {
        const text = char.repeat(size);
        const length = encoder.encode(event(1, { text }), 1);
        const back = decodeLine(encoder.buffer, 0, length - 1);
        expect((back as { data?: { text: string } }).data?.text === text).toBe(true);
      }
    }
  });

  test('writes numbers as JSON does, whole or not', () => {
    const encoder = new RecordEncoder();
    const numbers = [0, 9, 10, 99_999_999, 100_000_000, 4_294_967_296, 1_795_523_114_928_189, Number.MAX_SAFE_INTEGER];
    for (const ms of [...numbers, 0.001, -1, 1e21, -0, 12.5]) {
      const length = encoder.encode({ kind: 'response', trace: '1-1', status: ms, ms, ts: 1 }, 1);
      expect(decodeLine(encoder.buffer, 0, length - 1)).toEqual({
        kind: 'response',
        trace: '1-1',
        seq: 1,
        ts: 1,
        status: ms + 0,
        ms: ms + 0,
      });
    }
  });

  test('writes texts as JSON does', () => {
    const encoder = new RecordEncoder();
    const long = 'a'.repeat(127);
    const texts = ['', 'plain', 'ñ', '"', '\\', '\u0000', '\u007f', '\ud800', '😀', '\u2028'];
    for (const text of [...texts, ...texts.map((each) => long + each), ...texts.map((each) => `${long}bc${each}`)]) {
      const length = encoder.encode({ kind: 'event', trace: '1-1', type: text, span: text, ts: 1 }, 1);
      expect(decodeLine(encoder.buffer, 0, length - 1)).toMatchObject({ type: text, span: text });
    }
  });

  test.each([
    ['usage', { model: 'm', input: 1, output: 2 }],
    ['attributes', { 'a.b': '{"x', data: 'd', input: 'i\\\\', output: 1 }],
  ])('is read without its payload, and with the names of payloads in its %s', (name, value) => {
    const encoder = new RecordEncoder();
    const output = JSON.stringify({ text: 'x'.repeat(2_000), input: 1 }) as JsonText;
    for (const payload of [output, undefined]) {
      const draft = {
        kind: 'span_end',
        trace: '1-1',
        span: 's',
        ms: 1,
        ts: 1,
        [name]: value,
        output: payload,
      } as const;
      const length = encoder.encode(draft as RecordDraft, 1);
      const record = { kind: 'span_end', seq: 1, ts: 1, trace: '1-1', span: 's', ms: 1, [name]: value };
      expect(decodeLine(encoder.buffer, 0, length - 1, true)).toEqual(record);
    }
  });

  test('is refused when it is longer than a record may be', () => {
    const encoder = new RecordEncoder();
    expect(encoder.encode(event(1, 'ñ'.repeat(MAX_RECORD_BYTES / 2 - 200)), 1)).toBeGreaterThan(
      MAX_RECORD_BYTES - 1000,
    );
    expect(encoder.encode(event(1, 'ñ'.repeat(MAX_RECORD_BYTES / 2)), 1)).toBe(-1);
  });
});

describe('the writer', () => {
  test('creates the directory with the first record: for the owner only, excluded from version control', () => {
    const inner = join(dir, 'deep', 'traces');
    const writer = new JournalWriter({ dir: inner });
    expect(existsSync(inner)).toBe(false);
    expect(writer.append(event(1))).toBe(true);
    expect(statSync(join(inner, 'journal')).mode & 0o777).toBe(0o700);
    expect(statSync(join(inner, 'journal', segmentFile(1))).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(inner, '.gitignore'), 'utf8')).toBe('*\n');
    writer.close();
  });

  test('numbers its records, opens with a header and closes with a seal', () => {
    const writer = new JournalWriter({ dir });
    expect(writer.writer.number).toBe(1);
    writer.append(event(1));
    expect(writer.position()).toEqual({ segment: 1, offset: statSync(join(dir, 'journal', segmentFile(1))).size });
    writer.close();
    expect(readAll().map(({ kind, seq }) => [kind, seq])).toEqual([
      ['segment', 1],
      ['event', 2],
      ['seal', 3],
    ]);
    expect(writer.append(event(2))).toBe(false);
    expect(writer.dropped).toEqual({ closed: 1 });
  });

  test('starts a new segment when one is full, and seals the old one', () => {
    const writer = new JournalWriter({ dir, maxSegmentBytes: 2_000 });
    for (let n = 0; n < 60; n += 1) writer.append(event(n));
    const segments = listSegments(dir);
    expect(segments.length).toBeGreaterThan(3);
    expect(segments.slice(0, -1).every(({ path }) => readEnd(path).sealed)).toBe(true);
    expect(events(readAll())).toEqual(Array.from({ length: 60 }, (_, n) => ({ n })));
    const writers = segments.map(({ path }) => readWriter(path));
    expect(writers.every((each) => each?.id === writer.writer.id && each.number === 1)).toBe(true);
    writer.close();
  });

  test('shares a directory: every writer has its own number', () => {
    const writers = [1, 2, 3].map(() => new JournalWriter({ dir, maxSegmentBytes: 1_000 }));
    for (let n = 0; n < 30; n += 1) for (const writer of writers) writer.append(event(n));
    expect(writers.map(({ writer }) => writer.number)).toEqual([1, 2, 3]);
    for (const writer of writers) writer.close();
    const names = readdirSync(join(dir, 'journal'));
    expect(new Set(names.map((name) => parseSegmentFile(name)?.number)).size).toBe(names.length);
    expect(events(readAll())).toHaveLength(90);
  });

  test('drops and counts records where nothing can be written, throws nothing, and reports the loss later', async () => {
    const blocked = join(dir, 'a-file');
    writeFileSync(blocked, '');
    const writer = new JournalWriter({ dir: blocked });
    expect(writer.writer.number).toBeGreaterThan(99_999_999);
    expect(writer.append(event(1))).toBe(false);
    expect(writer.append(event(2))).toBe(false);
    expect(Object.values(writer.dropped)).toEqual([2]);
    expect(writer.failing).toMatch(/^E/);
    rmSync(blocked);
    const until = Date.now() + 5_000;
    while (!writer.append(event(3)) && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
    writer.close();
    const records = listSegments(blocked).flatMap(({ path }) => read(path).records);
    expect(records.map(({ kind }) => kind)).toEqual(['segment', 'gap', 'event', 'seal']);
    expect(records[1]).toMatchObject({ dropped: writer.dropped });
    expect(writer.failing).toBeUndefined();
  });

  test('drops a record that is too large and keeps the next', () => {
    const writer = new JournalWriter({ dir });
    expect(writer.append(event(1, 'x'.repeat(MAX_RECORD_BYTES)))).toBe(false);
    expect(writer.append(event(2, 'x'.repeat(2_000_000)))).toBe(true);
    writer.close();
    expect(writer.dropped).toEqual({ too_large: 1 });
    expect(readAll().map(({ kind }) => kind)).toEqual(['segment', 'gap', 'event', 'seal']);
  });

  test('drops a record of a wrong shape and keeps the next, at once', () => {
    const writer = new JournalWriter({ dir });
    const wrong = { kind: 'event', trace: '1-1', type: Symbol('no string'), ts: 1 } as unknown as RecordDraft;
    expect(writer.append(wrong)).toBe(false);
    expect(writer.append(event(2))).toBe(true);
    expect(writer.dropped).toEqual({ invalid: 1 });
    writer.close();
  });

  test.each(['deleted', 'renamed'])('notices within a second that its file was %s', async (how) => {
    const writer = new JournalWriter({ dir });
    writer.append(event(1));
    const path = join(dir, 'journal', segmentFile(1));
    if (how === 'deleted') rmSync(join(dir, 'journal'), { recursive: true });
    else renameSync(path, `${path}.old`);
    // The wall clock, not the clock of the records: the check runs in the background, once per second.
    const until = Date.now() + 5_000;
    while (writer.position()?.segment === 1 && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      writer.append(event(2));
    }
    writer.close();
    expect(listSegments(dir).map(({ number }) => number)).toEqual([2]);
    expect(events(readAll())).toEqual([{ n: 2 }]);
  });
});

describe('the reader', () => {
  test('leaves a torn tail unread, and reads it once it is complete', () => {
    const path = write(2);
    const encoder = new RecordEncoder();
    const line = Buffer.from(encoder.buffer.subarray(0, encoder.encode(event(9), 9)));
    appendFileSync(path, line.subarray(0, 20));
    const reader = new SegmentReader(path);
    const seen = [reader.next(), reader.next(), reader.next(), reader.next()];
    expect(seen.map((located) => located?.record.kind)).toEqual(['segment', 'event', 'event', undefined]);
    expect(reader.corrupt).toBe(0);
    appendFileSync(path, line.subarray(20));
    expect(reader.next()?.record).toMatchObject({ seq: 9 });
    reader.close();
  });

  test('loses one record to a flipped bit, and counts it', () => {
    const path = write(5);
    const bytes = readFileSync(path);
    bytes[bytes.indexOf('"n":2') + 4]! ^= 1;
    writeFileSync(path, bytes);
    const { records, corrupt } = read(path);
    expect(events(records)).toEqual([{ n: 0 }, { n: 1 }, { n: 3 }, { n: 4 }]);
    expect(corrupt).toBe(1);
  });

  test.each([
    ['the record before it', [], [0, 1, 3, 4], 1],
    ['both records, the second is damaged too', ['"n":3'], [0, 1, 4], 2],
    ['three records of two damaged newlines', ['"n":3\n', '"n":4'], [0, 1], 3],
  ])('counts where a newline is damaged: %s', (_, also, kept, lost) => {
    const path = write(5);
    const bytes = readFileSync(path);
    bytes[bytes.indexOf('\n', bytes.indexOf('"n":2'))]! ^= 1;
    for (const text of also) {
      const at = bytes.indexOf(text.slice(0, 5));
      bytes[text.endsWith('\n') ? bytes.indexOf('\n', at) : at + 4]! ^= 1;
    }
    writeFileSync(path, bytes);
    const { records, corrupt } = read(path);
    expect(events(records)).toEqual(kept.map((n) => ({ n })));
    expect(corrupt).toBe(lost);
  });

  test('finds the record after a truncated one, NULs and garbage', () => {
    const path = write(1);
    const encoder = new RecordEncoder();
    const line = Buffer.from(encoder.buffer.subarray(0, encoder.encode(event(7), 7)));
    const bad = [line.subarray(0, 40), Buffer.alloc(100), Buffer.from('{"crc":"nonsense"}')];
    for (const part of bad) appendFileSync(path, Buffer.concat([part, line]));
    appendFileSync(path, Buffer.concat([Buffer.alloc(MAX_RECORD_BYTES + 1_000_000, 0x61), Buffer.from('\n'), line]));
    const { records, corrupt } = read(path);
    expect(records.map(({ kind, seq }) => [kind, seq])).toEqual([
      ['segment', 1],
      ['event', 2],
      ['event', 7],
      ['event', 7],
      ['event', 7],
      ['event', 7],
    ]);
    expect(corrupt).toBe(4);
  });

  test('stops at a limit and resumes from an offset', () => {
    const path = write(4);
    const first = new SegmentReader(path);
    first.next();
    const second = first.next()!;
    first.close();
    const to = second.offset + second.length;
    const until = new SegmentReader(path, { to });
    expect([until.next(), until.next(), until.next()].map((l) => l?.record.kind)).toEqual([
      'segment',
      'event',
      undefined,
    ]);
    until.close();
    const after = new SegmentReader(path, { from: to });
    expect(after.next()?.record).toMatchObject({ data: { n: 1 } });
    after.close();
  });

  test('skips erased records', () => {
    const path = write(3);
    const reader = new SegmentReader(path);
    reader.next();
    const gone = reader.next()!;
    const changed = reader.next()!;
    reader.close();
    const line = Buffer.from(readFileSync(path).subarray(changed.offset, changed.offset + changed.length));
    line.write('"n":8', line.indexOf('"n":1'));
    sealLine(line);
    overwriteLines(path, [gone, { offset: changed.offset, length: changed.length, line }]);
    const { records, corrupt } = read(path);
    expect(events(records)).toEqual([{ n: 8 }, { n: 2 }]);
    expect(corrupt).toBe(0);
  });

  test('reports whether more records can follow', () => {
    const writer = new JournalWriter({ dir });
    writer.append(event(1));
    expect(listSegments(dir).map((segment) => isBeingWritten(segment))).toEqual([true]);
    writer.close();
    expect(listSegments(dir).map((segment) => isBeingWritten(segment))).toEqual([false]);
  });
});
