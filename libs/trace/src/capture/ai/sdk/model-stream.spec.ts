import { ReadableStream } from 'node:stream/web';
import { setTimeout as delay } from 'node:timers/promises';
import { MemoryRecorder } from '../../../testing/memory-recorder.js';
import { ModelStream, type StreamEnd } from './model-stream.js';

const LEFT_AFTER_MS = 60;

/** A stream of parts, `waits[n]` milliseconds before part `n`. */
function parts(count: number, waits: Record<number, number> = {}): ReadableStream {
  let n = 0;
  return new ReadableStream(
    {
      async pull(out) {
        n += 1;
        if (n > count) return out.close();
        if (waits[n]) await delay(waits[n]);
        out.enqueue({ type: 'text-delta', id: '1', delta: `${n} ` });
      },
    },
    { highWaterMark: 0 },
  );
}

function watch(stream: ReadableStream) {
  const ends: StreamEnd[] = [];
  const ref = new MemoryRecorder().startTrace({});
  const watched = ModelStream.watch(stream, ref, (end) => ends.push(end), LEFT_AFTER_MS)!;
  return { ends, watched };
}

const identity = () => new TransformStream() as never;

describe('the stream of a model', () => {
  it('whose branch is left is over after some time, with the moment of its last part', async () => {
    const stream = parts(1_000);
    const { ends, watched } = watch(stream);
    const [mine] = (stream.pipeThrough(identity()) as ReadableStream).tee();
    const reader = mine.getReader();
    await reader.read();
    // Resolves once the other branch is cancelled too.
    void reader.cancel();
    while (ends.length === 0) await delay(5);
    expect(ends).toEqual([{ kind: 'cancelled', ended: expect.anything() }]);
    expect(performance.now() - ends[0]!.ended.mono).toBeGreaterThanOrEqual(LEFT_AFTER_MS - 2);
    expect(watched.text).toMatch(/^1 2 /);
  });

  it('that is only slow is not left', async () => {
    const stream = parts(3, { 2: 3 * LEFT_AFTER_MS });
    const { ends, watched } = watch(stream);
    const read: unknown[] = [];
    for await (const part of stream.pipeThrough(identity()) as ReadableStream) read.push(part);
    expect(read).toHaveLength(3);
    expect(ends).toEqual([]);
    expect(watched.over).toBe(true);
  });

  it('that is cancelled is left at once', async () => {
    const stream = parts(1_000);
    const { ends } = watch(stream);
    for await (const _ of stream.pipeThrough(identity()) as ReadableStream) break;
    expect(ends).toMatchObject([{ kind: 'cancelled' }]);
  });

  it('is not watched where it is none, or where its methods cannot be replaced', () => {
    const ref = new MemoryRecorder().startTrace({});
    const ends: StreamEnd[] = [];
    for (const value of [undefined, {}, Object.freeze(parts(1))])
      expect(ModelStream.watch(value, ref, (end) => ends.push(end))).toBeUndefined();
    expect(ends).toEqual([]);
  });
});
