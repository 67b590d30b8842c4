import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { turns } from '../../../testing/conformance/functions/conformance-case.js';
import { paused, SdkStream } from '../../../testing/conformance/functions/stream-classes.js';
import { MemoryRecorder } from '../../../testing/memory-recorder.js';
import type { RecordedSpan } from '../../../testing/memory-recorder.js';
import type { TraceRef } from '../../recorder.js';
import { runWith } from '../../trace-context.js';
import { traced } from '../../functions/traced-function.js';
import type { TracedOptions } from '../../functions/traced-options.js';

const CHUNKS = [
  { choices: [{ delta: { content: 'ho' } }] },
  { choices: [{ delta: { content: 'la' } }] },
  { choices: [], usage: { prompt_tokens: 9, completion_tokens: 2 } },
];

async function spanOf(
  read: (stream: SdkStream<unknown>) => Promise<unknown>,
  options?: TracedOptions,
  error?: unknown,
): Promise<RecordedSpan> {
  const recorder = new MemoryRecorder();
  const ref: TraceRef = { recorder, key: 't' };
  const work = traced(() => new SdkStream<unknown>(() => paused(CHUNKS, 1, error)), { name: 'ask', ...options });
  await runWith(ref, () => read(work())).catch(() => undefined);
  expect(recorder.internalErrors).toEqual([]);
  expect(recorder.spans).toHaveLength(1);
  return recorder.spans[0]!;
}

async function readAll(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const part of stream) void part;
}

async function readOne(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const part of stream) if (part !== undefined) break;
}

describe('the recorded output of a stream', () => {
  const usage = { prompt_tokens: 9, completion_tokens: 2 };

  it('is its text and its tokens', async () => {
    const { outcome } = await spanOf(readAll);
    expect(outcome).toEqual({ kind: 'ok', shape: 'stream', output: { parts: 3, text: 'hola' }, usage });
  });

  it('is the part before the reader left or the stream broke', async () => {
    const left = await spanOf(readOne);
    expect(left.outcome).toEqual({
      kind: 'cancelled',
      shape: 'stream',
      output: { parts: 1, text: 'ho' },
      usage: undefined,
    });
    const error = new Error('terminated');
    const broken = await spanOf(readAll, {}, error);
    expect(broken.outcome).toEqual({
      kind: 'error',
      shape: 'stream',
      error,
      output: { parts: 3, text: 'hola' },
      usage,
    });
  });

  it('is only the tokens with `output: false`, and the result of a function that gets the read stream', async () => {
    const { outcome } = await spanOf(readAll, { output: false });
    expect(outcome).toMatchObject({ kind: 'ok', usage });
    expect(JSON.stringify(outcome)).not.toContain('hola');
    const mapped = await spanOf(readAll, {
      output: (stream: SdkStream<unknown>) => ({ aborted: stream.controller.signal.aborted }),
    });
    expect(mapped.outcome).toEqual({ kind: 'ok', shape: 'stream', output: { aborted: false }, usage });
  });

  it('is the text of an async generator that passes a stream on, unless it returns a value', async () => {
    const recorder = new MemoryRecorder();
    const pass = traced(async function* pass(answer?: string) {
      yield* paused(CHUNKS, 1);
      return answer;
    });
    await runWith({ recorder, key: 't' }, async () => {
      await readAll(pass());
      await readAll(pass('done'));
    });
    expect(recorder.spans.map(({ outcome }) => outcome)).toEqual([
      { kind: 'ok', shape: 'iterator', output: { parts: 3, text: 'hola' }, usage },
      { kind: 'ok', shape: 'iterator', output: 'done', usage },
    ]);
  });
});

it('of an object that holds a stream is the object, unless the parts are text', async () => {
  const recorder = new MemoryRecorder();
  const held = (parts: unknown[]) => ({ status: 200, data: new SdkStream(() => paused(parts, 1)) });
  const work = traced(async (parts: unknown[]) => held(parts));
  const results = await runWith({ recorder, key: 't' }, async () => {
    const rows = await work([{ id: 1 }]);
    await readAll(rows.data);
    await readAll((await work(['ho', 'la'])).data);
    return rows;
  });
  expect(recorder.spans.map(({ outcome }) => outcome)).toEqual([
    { kind: 'ok', shape: 'stream', output: results, usage: undefined },
    { kind: 'ok', shape: 'stream', output: { parts: 2, text: 'hola' }, usage: undefined },
  ]);
});

describe('a stream in memory', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;

  async function collected(isDone: () => boolean): Promise<void> {
    for (let tries = 0; tries < 50 && !isDone(); tries += 1) {
      await turns(2);
      collect();
    }
    expect(isDone()).toBe(true);
  }

  it('holds none of the parts that were read', async () => {
    const recorder = new MemoryRecorder();
    const work = traced(async () => ({
      async *[Symbol.asyncIterator]() {
        for (let i = 0; i < 3; i += 1) yield { big: Buffer.alloc(1_000), text: 'x' };
      },
    }));
    await runWith({ recorder, key: 't' }, async () => {
      const iterator = (await work())[Symbol.asyncIterator]();
      const first = new WeakRef((await iterator.next()).value as object);
      await iterator.next();
      await collected(() => first.deref() === undefined);
      expect(recorder.spans[0]?.outcome).toBeUndefined();
      await iterator.return?.(undefined);
    });
  });

  it('is cancelled by the garbage collector when its reader drops it in the middle', async () => {
    const recorder = new MemoryRecorder();
    const work = traced(() => new SdkStream(() => paused([1, 2], 1)));
    await runWith({ recorder, key: 't' }, () => work()[Symbol.asyncIterator]().next());
    await collected(() => recorder.spans[0]?.outcome?.kind === 'cancelled');
  });
});
