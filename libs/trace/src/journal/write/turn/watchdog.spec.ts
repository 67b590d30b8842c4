import { EventEmitter, once } from 'node:events';
import { makeSharedState, OWNER, viewsOf, WORD } from './shared-state.js';
import { TurnBuffer } from './turn-buffer.js';
import { Watchdog } from './watchdog.js';

function started(code: string | undefined): { dog: Watchdog; words: Int32Array; dead: Promise<unknown> } {
  const memory = makeSharedState();
  const { words } = viewsOf(memory);
  const events = new EventEmitter();
  const dead = once(events, 'dead');
  const dog = new Watchdog(memory, words, () => void events.emit('dead'), code);
  dog.start();
  return { dog, words, dead };
}

it.each([
  ['ends', 'process.exit(3)', 'it ended with code 3'],
  ['fails', "throw new Error('out of order')", 'Error: out of order'],
])('a thread that %s is noticed, with the reason', async (_how, code, problem) => {
  const { dog, dead } = started(code);
  await dead;
  expect([dog.problem, dog.deaths]).toEqual([problem, 1]);
  dog.stop();
});

it('code that cannot run is a problem and no error', async () => {
  const { dog, dead } = started('this is no code');
  await dead;
  expect(dog.problem).toMatch(/SyntaxError/);
  dog.stop();
});

it('without code there is no thread, and no problem', () => {
  const { dog } = started(undefined);
  expect([dog.problem, dog.deaths]).toEqual([undefined, 0]);
  dog.stop();
});

it('a thread that is stopped is not reported', () => {
  const { dog, words } = started('Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)');
  dog.stop();
  expect([words[WORD.stop], dog.problem, dog.deaths]).toEqual([1, undefined, 0]);
});

it('the lock of a thread that died is free again', async () => {
  const takesTheLock = `
    const words = new Int32Array(require('node:worker_threads').workerData, 0, 16);
    Atomics.store(words, ${WORD.lock}, ${OWNER.watchdog});
    process.exit(1);`;
  const buffer = new TurnBuffer(takesTheLock);
  buffer.use(1_000_000);
  const { watchdog } = buffer;
  while (watchdog.deaths === 0) await new Promise((resolve) => void setImmediate(resolve));
  buffer.put(Buffer.from('a\n'), 2);
  buffer.clear();
  expect(buffer.isEmpty).toBe(true);
  watchdog.stop();
});
