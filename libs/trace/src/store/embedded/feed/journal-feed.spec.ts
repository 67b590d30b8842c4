import * as realFs from 'node:fs';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { RecordDraft } from '../../../model/record.js';
import type { FeedRecord } from '../../../model/trace.js';

/** File-system calls by name. */
const calls = new Map<string, number>();
const COUNTED = ['statSync', 'lstatSync', 'fstatSync', 'openSync', 'readSync', 'readdirSync', 'readFileSync'] as const;

jest.unstable_mockModule('node:fs', () => ({
  ...realFs,
  ...Object.fromEntries(
    COUNTED.map((name) => [
      name,
      (...args: unknown[]): unknown => {
        calls.set(name, (calls.get(name) ?? 0) + 1);
        return (realFs[name] as (...all: unknown[]) => unknown)(...args);
      },
    ]),
  ),
}));

const { RecordEncoder } = await import('../../../journal/codec/codec.js');
const { segmentFile } = await import('../../../journal/codec/format.js');
const { journalDir } = await import('../../../journal/files/segment-file.js');
const { JournalWriter } = await import('../../../journal/write/writer.js');
const { JournalFeed } = await import('./journal-feed.js');

let dir: string;
const closers: { close(): void }[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'feed-'));
  mkdirSync(journalDir(dir), { recursive: true });
});
afterEach(() => {
  for (const one of closers.splice(0)) one.close();
  rmSync(dir, { recursive: true, force: true });
});

const pathOf = (number: number): string => join(journalDir(dir), segmentFile(number));
const step = (n: number, trace = '1-1'): RecordDraft => ({ kind: 'handler', trace, handler: `h${n}`, ts: n });

const encoder = new RecordEncoder();

function lines(drafts: RecordDraft[]): Buffer {
  return Buffer.concat(
    drafts.map((draft, seq) => Buffer.from(encoder.buffer.subarray(0, encoder.encode(draft, seq + 1)))),
  );
}

/** Segments of a dead process: `records` of each are numbered from its number times 10. */
function writeDead(from: number, to: number, { host = hostname(), sealed = true, records = 1 } = {}): void {
  for (let number = from; number <= to; number += 1) {
    const writer = { writer: number, writer_id: '', process: '1-0-0', pid: 2 ** 30, host };
    const header: RecordDraft = { kind: 'segment', format: 2, ...writer, version: '0', ts: 1 };
    const steps = Array.from({ length: records }, (_, n) => step(number * 10 + n));
    writeFileSync(pathOf(number), lines([header, ...steps, ...(sealed ? [{ kind: 'seal', ts: 1 } as const] : [])]));
  }
}

function begin() {
  const writer = new JournalWriter({ dir, minFreeBytes: 0 });
  const feed = new JournalFeed(
    dir,
    async () => [],
    () => writer.position(),
  );
  closers.push(writer, feed);
  return { writer, feed };
}

/** Long ago, so that the folder's modification time is reliable. */
const settle = (): void => utimesSync(journalDir(dir), 1, 1);

const stepsOf = (records: readonly FeedRecord[]): number[] =>
  records.flatMap(({ record }) => (record.kind === 'handler' ? [record.ts] : []));

async function drain(feed: InstanceType<typeof JournalFeed>, from?: string, limit = 100): Promise<FeedRecord[]> {
  const all: FeedRecord[] = [];
  for (let after = from; ;) {
    const page = await feed.readAfter(after, { limit });
    all.push(...page.records);
    after = page.position;
    if (page.done) return all;
  }
}

describe('a step of the feed', () => {
  /** Calls for one event: the hub asks for the head and reads up to it; then it checks other processes. */
  async function callsWith(segments: number): Promise<Record<string, number>[]> {
    writeDead(1, segments);
    const { writer, feed } = begin();
    writer.append(step(1));
    const other = new JournalWriter({ dir, minFreeBytes: 0 });
    closers.push(other);
    other.append(step(2));
    let place = await feed.head();
    settle();
    place = (await feed.readAfter(place, { limit: 200, until: await feed.head() })).position;
    const counts: Record<string, number>[] = [];
    const count = async (work: () => Promise<unknown>): Promise<void> => {
      calls.clear();
      await work();
      counts.push(Object.fromEntries([...calls].sort()));
    };
    for (let n = 0; n < 3; n += 1) {
      writer.append(step(100 + n));
      await count(() => feed.head());
      await count(async () => {
        const page = await feed.readAfter(place, { limit: 200, until: await feed.head() });
        expect(stepsOf(page.records)).toEqual([100 + n]);
        place = page.position;
      });
    }
    return counts;
  }

  it('makes as many calls to the file system with 400 segments as with 4, and opens none for the head', async () => {
    const few = await callsWith(4);
    // A writer whose segment is gone would begin another one.
    for (const one of closers.splice(0)) one.close();
    rmSync(journalDir(dir), { recursive: true });
    mkdirSync(journalDir(dir));
    expect(await callsWith(400)).toEqual(few);
    const [head, read] = few;
    expect(head).toEqual({ lstatSync: 1, statSync: 1 });
    // The head once more, and one segment that is opened after the folder was read.
    expect(read).toMatchObject({ openSync: 1, lstatSync: 3, statSync: 2 });
  });

  it('reads the names again when the folder changed, and opens only new segments', async () => {
    writeDead(1, 300);
    const { writer, feed } = begin();
    writer.append(step(1));
    await feed.head();
    settle();
    await feed.head();
    writer.rotate();
    calls.clear();
    await feed.head();
    expect(calls.get('readdirSync')).toBe(1);
    expect((calls.get('openSync') ?? 0) + (calls.get('lstatSync') ?? 0)).toBeLessThan(10);
  });

  it('trusts a folder whose clock is ahead, once its time no longer changes', async () => {
    writeDead(1, 3);
    const { feed } = begin();
    utimesSync(journalDir(dir), 1, Date.now() / 1000 + 3_600);
    await feed.head();
    calls.clear();
    for (const until = performance.now() + 150; performance.now() < until;) await new Promise(setImmediate);
    await feed.head();
    expect(calls.get('readdirSync')).toBe(1);
    await feed.head();
    expect(calls.get('readdirSync')).toBe(1);
    writeDead(4, 4);
    await feed.head();
    expect(calls.get('readdirSync')).toBe(2);
  });

  it('opens new segments in short turns of the event loop', async () => {
    writeDead(1, 2_000);
    const { feed } = begin();
    let turns = 0;
    let on = true;
    const turn = (): void => {
      turns += 1;
      if (on) setImmediate(turn);
    };
    setImmediate(turn);
    await feed.head();
    on = false;
    expect(turns).toBeGreaterThan(2);
  });
});

describe('a position', () => {
  it('is short for any number of segments', async () => {
    const idle = new JournalWriter({ dir, minFreeBytes: 0 });
    closers.push(idle);
    idle.append(step(1));
    writeDead(2, 200);
    const { writer, feed } = begin();
    writer.append(step(2));
    expect(await feed.head()).toMatch(/^1\.\d+~2-200~201\.\d+$/);
    const all = await drain(feed);
    expect(Math.max(...all.map(({ position }) => position.length))).toBeLessThan(60);
    expect(all.at(-1)!.position).toBe(await feed.head());
    idle.append(step(3));
    expect(stepsOf(await drain(feed, all.at(-1)!.position))).toEqual([3]);
  });

  it('resumes among 3,000 segments, of which some are deleted meanwhile: nothing missing, nothing twice', async () => {
    writeDead(1, 2_999);
    const { writer, feed } = begin();
    writer.append(step(5));
    const steps: number[] = [];
    let after: string | undefined;
    for (let n = 0; ; n += 1) {
      // Every client that reconnects is new to the server, which may have been restarted.
      const server =
        n % 20 === 0
          ? new JournalFeed(
              dir,
              async () => [],
              () => writer.position(),
            )
          : feed;
      const page = await server.readAfter(after, { limit: 97 + n });
      expect(page.position.length).toBeLessThan(100);
      steps.push(...stepsOf(page.records));
      after = page.records.at(-1)?.position ?? page.position;
      if (page.done) break;
      // Retention of read and of unread segments: the remaining ones are delivered.
      if (n === 10) for (let number = 1; number <= 50; number += 1) rmSync(pathOf(number));
      if (n === 12) for (let number = 2_900; number <= 2_950; number += 1) rmSync(pathOf(number));
    }
    const expected = Array.from({ length: 2_999 }, (_, n) => (n + 1) * 10).filter((n) => n < 29_000 || n > 29_500);
    expect(steps).toEqual([...expected, 5]);
  });

  it.each(['1-2', '0.0~5-3', '1.0~2-900', '1.0~2-3~3.1', '2.0~1-1', '1.0~2-3.4', '1.0~-3'])(
    'of the form %s is refused',
    async (text) => {
      writeDead(1, 5);
      await expect(begin().feed.readAfter(text, { limit: 1 })).rejects.toMatchObject({ code: 'BAD_POSITION' });
    },
  );

  it('of the older form, which named each segment, is accepted', async () => {
    writeDead(1, 4);
    const { feed } = begin();
    const [first, , , third] = (await drain(feed)).filter(({ record }) => record.kind === 'seal');
    const ends = [first, third].map((one) => /(\d+)$/.exec(one!.position)![1]);
    expect(stepsOf(await drain(feed, `1.${ends[0]}~2.${ends[0]}~3.0~4.${ends[1]}`))).toEqual([30]);
  });
});

describe('changes by others to the folder', () => {
  it('are noticed: a writer of another host that was unreachable continues', async () => {
    const idle = new JournalWriter({ dir, minFreeBytes: 0 });
    closers.push(idle);
    idle.append(step(1));
    writeDead(2, 2, { host: 'elsewhere', sealed: false });
    utimesSync(pathOf(2), 1, 1);
    const { writer, feed } = begin();
    writer.append(step(3));
    const head = await feed.head();
    const alive = setInterval(() => undefined, 1_000);
    const heard = new Promise<void>((resolve) => feed.onMore(resolve));
    appendFileSync(pathOf(2), lines([step(7)]));
    await heard;
    clearInterval(alive);
    expect(stepsOf(await drain(feed, head))).toEqual([7]);
  });

  it('do not stop the feed: a segment is replaced by a link, the folder is moved away and back', async () => {
    const { writer, feed } = begin();
    writer.append(step(1));
    const other = new JournalWriter({ dir, minFreeBytes: 0 });
    closers.push(other);
    other.append(step(2));
    expect(stepsOf(await drain(feed))).toEqual([1, 2]);
    rmSync(pathOf(2));
    symlinkSync('/dev/zero', pathOf(2));
    expect(stepsOf(await drain(feed))).toEqual([1]);
    rmSync(journalDir(dir), { recursive: true });
    expect(await drain(feed)).toEqual([]);
    mkdirSync(journalDir(dir));
    writeDead(1, 2);
    expect(stepsOf(await drain(feed))).toEqual([10, 20]);
  });
});
