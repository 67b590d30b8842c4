import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { segmentFile } from '../../journal/codec/format.js';
import { CHECK_MS } from '../../journal/write/segment-check.js';
import { openStore, type OpenStore } from '../../../../../test/support/open-store.js';

let dir: string;
let store: OpenStore;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'strange-'));
  store = openStore({ dir });
});
afterEach(async () => {
  await store.close();
  rmSync(dir, { recursive: true, force: true });
});

function record(n: number): string {
  const trace = `${store.sink.writer.number}-${n}`;
  const ts = 1_700_000_000_000_000 + n;
  store.sink.append({ kind: 'open', trace, id: `t_${n}`, traceparent: '', ts });
  store.sink.append({ kind: 'end', trace, status: 'completed', ts: ts + 1 });
  return trace;
}

test.each([
  ['removed', () => rmSync(join(dir, 'journal', segmentFile(1)))],
  ['truncated', () => truncateSync(join(dir, 'journal', segmentFile(1)), 0)],
  ['removed with the directory', () => rmSync(dir, { recursive: true })],
])('stream and list continue after the segment was %s', async (_, hands) => {
  for (let n = 0; n < 5; n += 1) record(n);
  const { position } = await store.feed.readAfter(undefined, { limit: 1_000 });
  expect((await store.list({ limit: 10 })).heads).toHaveLength(5);
  hands();
  for (const end = performance.now() + CHECK_MS; performance.now() <= end;);
  const trace = record(9);
  const { records, done } = await store.feed.readAfter(position, { limit: 1_000 });
  const seen = records.flatMap(({ record: each }) => ('trace' in each ? [`${each.kind} ${each.trace}`] : []));
  expect({ seen, done }).toEqual({ seen: [`open ${trace}`, `end ${trace}`], done: true });
  const end = Date.now() + 10_000;
  for (let ids = ''; ids !== 't_9' && Date.now() < end;) {
    ids = (await store.list({ limit: 10 })).heads.map(({ traceId }) => traceId).join();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect((await store.list({ limit: 10 })).heads.map(({ traceId }) => traceId)).toEqual(['t_9']);
  const { dropped, problems } = await store.health();
  expect(Object.values(dropped)).toEqual([10]);
  expect(problems.filter((text) => !text.includes('Another program'))).toEqual([]);
});
