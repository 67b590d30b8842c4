import { MemoryStore } from '../../../../test/support/memory-store.js';
import { Story } from '../../../../test/support/story.js';
import type { StreamEntry } from '../views/stream-message.js';
import { Follower } from './follower.js';
import { Inbox } from './inbox.js';

const EVENTS = 40;

/** Inboxes that take everything, with as many events behind the follower as it has to catch up with. */
async function crowd(
  size: number,
): Promise<{ store: MemoryStore; follower: Follower; inboxes: Inbox[]; limits: number[] }> {
  const store = new MemoryStore();
  const limits: number[] = [];
  const readAfter = store.readAfter.bind(store);
  store.readAfter = (after, options) => {
    limits.push(options.limit);
    return readAfter(after, options);
  };
  const follower = new Follower(store);
  const inboxes = Array.from({ length: size }, () => new Inbox(() => true));
  for (const inbox of inboxes) {
    follower.add(inbox);
    inbox.attach();
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
  [1, 200],
  [100, 10],
  [1_500, 1],
])('with %i clients it reads %i records in one turn of the event loop', async (clients, expected) => {
  const { follower, inboxes, limits } = await crowd(clients);
  let turns = 0;
  let running = true;
  const tick = (): void => {
    turns += 1;
    if (running) setImmediate(tick);
  };
  setImmediate(tick);
  await follower.advance();
  running = false;
  expect(new Set(limits)).toEqual(new Set([expected]));
  // Others had their turn between any two pages.
  expect(turns).toBeGreaterThanOrEqual(Math.ceil(EVENTS / expected) - 1);
  expect(inboxes[0]!.take()).toHaveLength(EVENTS);
  follower.stop();
});

test('a stopped inbox keeps nobody waiting', async () => {
  const inbox = new Inbox(() => true);
  inbox.attach();
  const waiting = inbox.arrival();
  inbox.stop();
  await waiting;
  await inbox.arrival();
  expect(inbox.empty).toBe(true);
});
