import assert from 'node:assert/strict';
import { ReadableStream, TransformStream, WritableStream } from 'node:stream/web';
import type { ReadableStreamDefaultReader } from 'node:stream/web';
import { collect, rejectsWith, turns } from './conformance-case.js';
import type { ConformanceCase, Wrap } from './conformance-case.js';
import { Work } from './span-probe.js';

interface Source {
  readonly log: string[];
  readonly stream: ReadableStream<number>;
}

/** Three numbers, each when it is asked for, and what was asked of the source. */
function numbers(error?: unknown): Source {
  const log: string[] = [];
  let count = 0;
  const stream = new ReadableStream<number>(
    {
      async pull(controller) {
        log.push('pull');
        await turns(1);
        count += 1;
        if (count <= 3) controller.enqueue(count);
        else if (error === undefined) controller.close();
        else controller.error(error);
      },
      cancel: (reason) => void log.push(`cancel ${String(reason)}`),
    },
    { highWaterMark: 0 },
  );
  return { log, stream };
}

/** The same, plain and wrapped: what happens, and what the source sees of it, must not differ. */
async function alike(
  wrap: Wrap,
  inTrace: <R>(fn: () => R) => R,
  read: (stream: ReadableStream<number>) => Promise<unknown>,
  error?: unknown,
): Promise<void> {
  const scenario = async (work: Wrap) => {
    const { log, stream } = numbers(error);
    const answered = work(() => stream)();
    assert.equal(answered, stream);
    assert.deepEqual(Object.keys(stream), []);
    const seen = await read(answered);
    await turns();
    return { seen, log, locked: stream.locked };
  };
  const plain = await scenario((fn) => fn);
  assert.deepEqual(await inTrace(() => scenario(wrap)), plain);
}

/** Web streams, read in each way that there is. */
export const WEB_STREAMS: readonly ConformanceCase[] = [
  {
    name: 'lasts until a web stream is read to its end',
    async run(wrap, probe) {
      const pauses = new Work();
      const work = wrap(
        () =>
          new ReadableStream({
            async pull(controller) {
              await pauses.wait(40);
              controller.enqueue('a');
              controller.close();
            },
          }),
      );
      await probe.inTrace(async () => {
        assert.deepEqual(await collect(work()), ['a']);
      });
      probe.span('ok');
      probe.lasted(pauses);
    },
  },
  {
    name: 'reads a web stream by a reader',
    async run(wrap, probe) {
      await alike(wrap, probe.inTrace.bind(probe), async (stream) => {
        const reader = stream.getReader();
        const results = [await reader.read(), await reader.read(), await reader.read(), await reader.read()];
        await reader.closed;
        reader.releaseLock();
        return results;
      });
      probe.span('ok');
    },
  },
  {
    name: 'goes on with another reader after the first has let the stream go',
    async run(wrap, probe) {
      await alike(wrap, probe.inTrace.bind(probe), async (stream) => {
        const first = stream.getReader();
        const one = await first.read();
        first.releaseLock();
        return [one, ...(await collect(stream))];
      });
      probe.span('ok');
    },
  },
  {
    name: 'is no failure when a reader lets the stream go while it reads',
    async run(wrap, probe) {
      await alike(wrap, probe.inTrace.bind(probe), async (stream) => {
        const reader = stream.getReader();
        const read = reader.read().then(
          () => 'read',
          (error: unknown) => (error as Error).name,
        );
        reader.releaseLock();
        return [await read, ...(await collect(stream))];
      });
      probe.span('ok');
    },
  },
  {
    name: 'is cancelled when a web stream is cancelled: by a loop, its reader, or itself',
    async run(wrap, probe) {
      const inTrace = probe.inTrace.bind(probe);
      await alike(wrap, inTrace, (stream) => collect(stream, 1));
      await alike(wrap, inTrace, async (stream) => {
        const reader = stream.getReader();
        await reader.read();
        await reader.cancel('enough');
      });
      await alike(wrap, inTrace, (stream) => stream.cancel('not wanted'));
      probe.ended('cancelled', 'cancelled', 'cancelled');
    },
  },
  {
    name: 'fails with the error that breaks a web stream, and passes it on',
    async run(wrap, probe) {
      const error = new Error('terminated');
      await alike(wrap, probe.inTrace.bind(probe), (stream) => rejectsWith(collect(stream), error), error);
      probe.failedWith(error);
    },
  },
  {
    name: 'pipes a web stream into a slow one, with its back-pressure',
    async run(wrap, probe) {
      await alike(wrap, probe.inTrace.bind(probe), async (stream) => {
        const written: unknown[] = [];
        await stream.pipeTo(
          new WritableStream({
            async write(part) {
              await turns(2);
              written.push(part);
            },
            close: () => void written.push('closed'),
          }),
        );
        return written;
      });
      probe.span('ok');
    },
  },
  {
    name: 'pipes a web stream through another one',
    async run(wrap, probe) {
      await alike(wrap, probe.inTrace.bind(probe), (stream) =>
        collect(
          stream.pipeThrough(
            new TransformStream<number, string>({ transform: (part, controller) => controller.enqueue(`n${part}`) }),
          ),
        ),
      );
      probe.span('ok');
    },
  },
  {
    name: 'is cancelled when what a web stream is piped into fails or is aborted',
    async run(wrap, probe) {
      const inTrace = probe.inTrace.bind(probe);
      const full = new Error('disk full');
      await alike(wrap, inTrace, (stream) =>
        rejectsWith(stream.pipeTo(new WritableStream({ write: () => Promise.reject(full) })), full),
      );
      await alike(wrap, inTrace, async (stream) => {
        const abort = new AbortController();
        const piped = stream.pipeTo(new WritableStream({ write: () => abort.abort('stop') }), { signal: abort.signal });
        return piped.catch((error: unknown) => error);
      });
      probe.ended('cancelled', 'cancelled');
    },
  },
  {
    name: 'fails with the error that comes through a pipe',
    async run(wrap, probe) {
      const error = new Error('terminated');
      const read = (stream: ReadableStream<number>) => rejectsWith(stream.pipeTo(new WritableStream()), error);
      await alike(wrap, probe.inTrace.bind(probe), read, error);
      probe.failedWith(error);
    },
  },
  {
    name: 'splits a web stream: both branches have all parts, the source is asked once for each',
    async run(wrap, probe) {
      await alike(wrap, probe.inTrace.bind(probe), async (stream) => {
        const [left, right] = stream.tee();
        return Promise.all([collect(left), collect(right)]);
      });
      probe.span('ok');
    },
  },
  {
    name: 'is cancelled when both branches of a web stream are',
    async run(wrap, probe) {
      await alike(wrap, probe.inTrace.bind(probe), async (stream) => {
        const [left, right] = stream.tee();
        const first = left.cancel('one');
        await right.cancel('two');
        await first;
      });
      probe.span('cancelled');
    },
  },
  {
    name: 'reads a stream of bytes into the reader’s own buffer, split and whole',
    async run(wrap, probe) {
      const work = wrap(bytes);
      await probe.inTrace(async () => {
        const expected = { value: [1, 2, 3], done: true };
        assert.deepEqual(await readInto(work()), expected);
        const [left, right] = work().tee();
        assert.deepEqual(await Promise.all([readInto(left), readInto(right)]), [expected, expected]);
      });
      probe.ended('ok', 'ok');
    },
  },
  {
    name: 'follows the body of a Response, however it is read',
    async run(wrap, probe) {
      const work = wrap(async () => new Response(numbers().stream.pipeThrough(lines()) as never));
      await probe.inTrace(async () => {
        assert.equal(await (await work()).text(), '1\n2\n3\n');
        assert.equal((await collect((await work()).body as never)).length, 3);
        const response = await work();
        assert.ok(response instanceof Response);
        const copy = response.clone();
        assert.deepEqual(await Promise.all([response.text(), copy.text()]), ['1\n2\n3\n', '1\n2\n3\n']);
        await (await work()).body?.cancel();
      });
      probe.ended('ok', 'ok', 'ok', 'cancelled');
    },
  },
  {
    name: 'throws what a locked web stream throws',
    async run(wrap, probe) {
      const work = wrap(() => numbers().stream);
      await probe.inTrace(async () => {
        const stream = work();
        const reader = stream.getReader();
        assert.throws(() => stream.getReader(), /locked/);
        assert.throws(() => stream.tee(), /locked/);
        await assert.rejects(stream.pipeTo(new WritableStream()), /locked/);
        await assert.rejects(stream.cancel(), /locked/);
        while (!(await reader.read()).done);
      });
      probe.span('ok');
    },
  },
  {
    name: 'follows a web stream that is its own iterator',
    async run(wrap, probe) {
      // As LangChain's `IterableReadableStream`.
      class OwnIterator extends ReadableStream<number> {
        private reader: ReadableStreamDefaultReader<number> | undefined;
        async next(): Promise<IteratorResult<number>> {
          this.reader ??= this.getReader();
          return (await this.reader.read()) as IteratorResult<number>;
        }
        async return(): Promise<IteratorResult<number>> {
          await this.reader?.cancel();
          return { done: true, value: undefined };
        }
        override [Symbol.asyncIterator](): never {
          return this as never;
        }
      }
      const source = () => {
        let count = 0;
        return new OwnIterator({
          pull: (controller) => (++count <= 3 ? controller.enqueue(count) : controller.close()),
        });
      };
      const work = wrap(source);
      await probe.inTrace(async () => {
        assert.deepEqual(await collect(work()), [1, 2, 3]);
        assert.deepEqual(await collect(work(), 1), [1]);
      });
      probe.ended('ok', 'cancelled');
    },
  },
  {
    name: 'keeps no trace waiting for a web stream that is not read',
    async run(wrap, probe) {
      const work = wrap(() => numbers().stream);
      const stream = probe.inTrace(() => work());
      await turns();
      probe.span('ok');
      assert.deepEqual(await probe.inTrace(() => collect(stream)), [1, 2, 3]);
      probe.ended('ok', 'ok');
    },
  },
];

function lines(): TransformStream<number, Uint8Array> {
  const encoder = new TextEncoder();
  return new TransformStream({ transform: (part, controller) => controller.enqueue(encoder.encode(`${part}\n`)) });
}

function bytes(): ReadableStream {
  return new ReadableStream({
    type: 'bytes',
    pull(controller) {
      controller.enqueue(new Uint8Array([1, 2, 3]));
      controller.close();
      controller.byobRequest?.respond(0);
    },
  });
}

async function readInto(stream: ReadableStream): Promise<{ value: number[]; done: boolean }> {
  const reader = stream.getReader({ mode: 'byob' });
  const { value } = await reader.read(new Uint8Array(8));
  return { value: [...(value as Uint8Array)], done: (await reader.read(new Uint8Array(8))).done };
}
