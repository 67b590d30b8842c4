import { MemoryStore } from '../../../../../test/support/memory-store.js';
import { Story } from '../../../../../test/support/story.js';
import type { StreamEntry } from '../../views/events/stream-message.js';
import { FeedTailer } from './feed-tailer.js';
import { SubscriberBuffer } from './subscriber-buffer.js';

const EVENTS = 40;

/** Inboxes that take everything, with as many events behind the follower as it has to catch up with. */
async function crowd(
  size: number,
): Promise<{ store: MemoryStore; follower: FeedTailer; inboxes: SubscriberBuffer[]; limits: number[] }> {
  const store = new MemoryStore();
  const limits: number[] = [];
  const { readAfter } = store.feed;
  store.feed.readAfter = (after, options) => {
    limits.push(options.limit);
    return readAfter(after, options);
  };
  const follower = new FeedTailer(store.feed, store);
  const inboxes = Array.from({ length: size }, () => new SubscriberBuffer(() => true));
  for (const inbox of inboxes) {
    follower.add(inbox);
    inbox.attach(undefined);
  }
  await follower.advance();
  const story = new Story('1-1', 'ana_20240120_143000_000000', 1_000_000).open().identify({ contact: 'ana' });
  for (let n = 1; n < EVENTS; n += 1) story.event('step', { n });
  limits.length = 0;
  store.append(...story.records);
  return { store, follower, inboxes, limits };
}

const idsOf = (entries: StreamEntry[]): string[] => entries.map(({ message }) => message.id);

test('everybody gets every message once, in order, however many there are', async () => {
  const { follower, inboxes } = await crowd(1_500);
  await follower.advance();
  const first = idsOf(inboxes[0]!.take());
  expect(new Set(first).size).toBe(EVENTS);
  for (const inbox of inboxes.slice(1)) expect(idsOf(inbox.take())).toEqual(first);
  follower.stop();
});

test.each([
  [1, 1],
  [25, 1],
  [100, 4],
  [1_500, 60],
])('%i clients get a page of 40 in %i turns of the event loop', async (clients, expected) => {
  const { follower, inboxes } = await crowd(clients);
  const served: number[] = [];
  let running = true;
  const tick = (): void => {
    served.push(inboxes.filter((inbox) => !inbox.empty).length);
    if (running) setImmediate(tick);
  };
  await Promise.all([follower.advance(), new Promise<void>((resolve) => setImmediate(() => resolve(tick())))]);
  running = false;
  served.push(inboxes.filter((inbox) => !inbox.empty).length);
  const steps = served.filter((count, n) => count > (served[n - 1] ?? 0));
  expect(steps.length).toBeLessThanOrEqual(expected);
  // Never more than 1,000 messages at once, so never more than 25 clients.
  const most = Math.max(...served.map((count, n) => count - (n === 0 ? 0 : served[n - 1]!)).slice(1), 0);
  expect(most).toBeLessThanOrEqual(25);
  expect(served.at(-1)).toBe(clients);
  follower.stop();
});

test('one that attaches while a page is given out gets all that comes after its place, and nothing before it', async () => {
  const { store, follower, inboxes } = await crowd(500);
  const late = new SubscriberBuffer(() => true);
  follower.add(late);
  const advancing = follower.advance();
  while (inboxes[0]!.empty) await new Promise((resolve) => setImmediate(resolve));
  expect(inboxes.at(-1)!.empty).toBe(true);
  const place = follower.position;
  late.attach(place);
  await advancing;
  expect(late.empty).toBe(true);
  expect(late.place).toBe(place);
  store.append(
    ...new Story('1-2', 'ben_20240120_143000_000001', 2_000_000, () => 100).open().identify({ contact: 'ben' }).records,
  );
  await follower.advance();
  expect(idsOf(late.take())).toHaveLength(1);
  follower.stop();
});

test('one that was too slow in the middle of a page is given nothing of the next before it is back', async () => {
  const { follower, inboxes } = await crowd(2);
  const small = new SubscriberBuffer(() => true, 5);
  follower.add(small);
  small.attach(undefined);
  await follower.advance();
  expect(small.attached).toBe(false);
  expect(small.empty).toBe(true);
  expect(small.place).toBeUndefined();
  expect(inboxes[0]!.take()).toHaveLength(EVENTS);
  follower.stop();
});

test('a stopped inbox keeps nobody waiting', async () => {
  const inbox = new SubscriberBuffer(() => true);
  inbox.attach(undefined);
  const waiting = inbox.arrival();
  inbox.stop();
  await waiting;
  await inbox.arrival();
  expect(inbox.empty).toBe(true);
});
