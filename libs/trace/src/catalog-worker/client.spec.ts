import { CatalogClient } from './client.js';

/** Counts nudges, never opens the gate for the next one, and answers each call with the count. */
const BUSY_WORKER = `
const { parentPort } = require('node:worker_threads');
let nudges = 0;
parentPort.on('message', ({ type, id, call }) => {
  if (type === 'close') return parentPort.close();
  if (type === 'ask') return parentPort.postMessage({ type: 'answer', id, value: nudges, lacks: call === 'list' ? 'Behind.' : undefined });
  nudges += 1;
  parentPort.postMessage({ type: 'progress', progress: { lag: nudges, bytes: 0 } });
});`;

let client: CatalogClient;
let nudged: Promise<number>;
beforeEach(() => {
  nudged = new Promise((resolve) => {
    const onIndexProgress = ({ lag }: { lag: number }): void => resolve(lag);
    client = new CatalogClient({ dir: '/nowhere', worker: BUSY_WORKER, onIndexProgress });
  });
});
afterEach(() => client.close());

const asked = (call: 'list' | 'counts'): Promise<unknown> => client.ask(call as 'counts');

test('three thousand records are indexed without the delay, and a busy worker gets no second nudge', async () => {
  for (let i = 0; i < 3_000; i += 1) client.nudge();
  expect(await nudged).toBe(1);
  for (let i = 0; i < 9_000; i += 1) client.nudge();
  // The port keeps the order: a second nudge would have been counted before this call.
  expect(await asked('counts')).toBe(1);
});

test('one record is indexed after the delay', async () => {
  client.nudge();
  expect(await asked('counts')).toBe(0);
  expect(await nudged).toBe(1);
});

test('an answer that lacks something is noted for its own question only', async () => {
  const noted: [string, string][] = [];
  const one = client.noting((lacks) => void noted.push(['one', lacks]));
  const two = client.noting((lacks) => void noted.push(['two', lacks]));
  await Promise.all([one.ask('list', {}, 1, undefined), two.ask('counts'), asked('list')]);
  expect(noted).toEqual([['one', 'Behind.']]);
});
