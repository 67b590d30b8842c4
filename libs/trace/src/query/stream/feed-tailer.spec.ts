import { MemoryStore } from '../../../../../test/support/memory-store.js';
import { Story } from '../../../../../test/support/story.js';
import type { StreamEntry } from '../../views/responses/stream-message.js';
import { FeedTailer } from './feed-tailer.js';
import { SubscriberBuffer } from './subscriber-buffer.js';

const EVENTS = 40;

/** Buffers without a limit, with this number of events behind the tailer to catch up with. */
async function crowd(
  size: number,
): Promise<{ store: MemoryStore; tailer: FeedTailer; buffers: SubscriberBuffer[]; limits: number[] }> {
  const store = new MemoryStore();
  const limits: number[] = [];
  const { readAfter } = store.feed;
  store.feed.readAfter = (after, options) => {
    limits.push(options.limit);
    return readAfter(after, options);
  };
  const tailer = new FeedTailer(store.feed, store);
  const buffers = Array.from({ length: size }, () => new SubscriberBuffer(() => true));
  for (const buffer of buffers) {
    tailer.add(buffer);
    buffer.attach(undefined);
  }
  await tailer.advance();
  const story = new Story('1-1', 'ana_20240120_143000_000000', 1_000_000).open().identify({ contact: 'ana' });
  for (let n = 1; n < EVENTS; n += 1) story.event('step', { n });
  limits.length = 0;
  store.append(...story.records);
  return { store, tailer, buffers, limits };
}

const idsOf = (entries: StreamEntry[]): string[] => entries.map(({ message }) => message.id);

test('every subscriber receives every message once, in order, for any number of messages', async () => {
  const { tailer, buffers } = await crowd(1_500);
  await tailer.advance();
  const first = idsOf(buffers[0]!.take());
  expect(new Set(first).size).toBe(EVENTS);
  for (const buffer of buffers.slice(1)) expect(idsOf(buffer.take())).toEqual(first);
  tailer.stop();
});

test.each([
  [1, 1],
  [25, 1],
  [100, 4],
  [1_500, 60],
])('%i clients receive a page of 40 in %i turns of the event loop', async (clients, expected) => {
  const { tailer, buffers } = await crowd(clients);
  const served: number[] = [];
  let running = true;
  const tick = (): void => {
    served.push(buffers.filter((buffer) => !buffer.empty).length);
    if (running) setImmediate(tick);
  };
  await Promise.all([tailer.advance(), new Promise<void>((resolve) => setImmediate(() => resolve(tick())))]);
  running = false;
  served.push(buffers.filter((buffer) => !buffer.empty).length);
  const steps = served.filter((count, n) => count > (served[n - 1] ?? 0));
  expect(steps.length).toBeLessThanOrEqual(expected);
  // Never more than 1,000 messages at once, so never more than 25 clients.
  const most = Math.max(...served.map((count, n) => count - (n === 0 ? 0 : served[n - 1]!)).slice(1), 0);
  expect(most).toBeLessThanOrEqual(25);
  expect(served.at(-1)).toBe(clients);
  tailer.stop();
});

test('a subscriber that attaches during a page receives everything after its position, and nothing before it', async () => {
  const { store, tailer, buffers } = await crowd(500);
  const late = new SubscriberBuffer(() => true);
  tailer.add(late);
  const advancing = tailer.advance();
  while (buffers[0]!.empty) await new Promise((resolve) => setImmediate(resolve));
  expect(buffers.at(-1)!.empty).toBe(true);
  const place = tailer.position;
  late.attach(place);
  await advancing;
  expect(late.empty).toBe(true);
  expect(late.position).toBe(place);
  store.append(
    ...new Story('1-2', 'ben_20240120_143000_000001', 2_000_000, () => 100).open().identify({ contact: 'ben' }).records,
  );
  await tailer.advance();
  expect(idsOf(late.take())).toHaveLength(1);
  tailer.stop();
});

test('a subscriber that was too slow in the middle of a page receives nothing of the next before it is back', async () => {
  const { tailer, buffers } = await crowd(2);
  const small = new SubscriberBuffer(() => true, 5);
  tailer.add(small);
  small.attach(undefined);
  await tailer.advance();
  expect(small.attached).toBe(false);
  expect(small.empty).toBe(true);
  expect(small.position).toBeUndefined();
  expect(buffers[0]!.take()).toHaveLength(EVENTS);
  tailer.stop();
});

test('a stopped buffer keeps no reader waiting', async () => {
  const buffer = new SubscriberBuffer(() => true);
  buffer.attach(undefined);
  const waiting = buffer.arrival();
  buffer.stop();
  await waiting;
  await buffer.arrival();
  expect(buffer.empty).toBe(true);
});
