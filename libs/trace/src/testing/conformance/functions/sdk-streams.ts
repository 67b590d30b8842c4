import assert from 'node:assert/strict';
import { collect, rejectsWith, turns, unhandledDuring } from './conformance-case.js';
import type { ConformanceCase } from './conformance-case.js';
import { Work } from './span-probe.js';
import { AiResult, paused, SdkEmitter, SdkStream } from './stream-classes.js';
import type { AiPart } from './stream-classes.js';

const NUMBERS = [1, 2, 3];

/** Streams of the shapes that model providers' SDKs answer, until they are used up, left or broken. */
export const SDK_STREAMS: readonly ConformanceCase[] = [
  {
    name: 'answers the same stream object, unread, with the keys it had',
    async run(wrap, probe) {
      const stream = new SdkStream(() => paused(NUMBERS));
      const [keys, json] = [Object.keys(stream), JSON.stringify(stream)];
      const work = wrap(() => stream);
      assert.equal(
        probe.inTrace(() => work()),
        stream,
      );
      assert.ok(stream instanceof SdkStream);
      assert.deepEqual(Object.keys(stream), keys);
      assert.equal(JSON.stringify(stream), json);
      assert.deepEqual(Object.keys({ ...stream }), keys);
      assert.deepEqual(await collect(stream), NUMBERS);
    },
  },
  {
    name: 'lasts until a stream is read to its end',
    async run(wrap, probe) {
      const pauses = new Work();
      const work = wrap(
        () =>
          new SdkStream(async function* () {
            for (const part of NUMBERS) {
              await pauses.wait(20);
              yield part;
            }
          }),
      );
      assert.deepEqual(await probe.inTrace(() => collect(work())), NUMBERS);
      probe.span('ok');
      probe.lasted(pauses);
    },
  },
  {
    name: 'lasts until a stream is read that a promise answers',
    async run(wrap, probe) {
      const pauses = new Work();
      const work = wrap(async () => {
        await pauses.wait(20);
        return new SdkStream(async function* () {
          await pauses.wait(20);
          yield 1;
        });
      });
      assert.deepEqual(await probe.inTrace(async () => collect(await work())), [1]);
      probe.span('ok');
      probe.lasted(pauses);
    },
  },
  {
    name: 'lasts until a generator is read that a promise answers',
    async run(wrap, probe) {
      const work = wrap(async () => ({ generator: paused(NUMBERS) }).generator);
      assert.deepEqual(await probe.inTrace(async () => collect(await work())), NUMBERS);
      probe.span('ok');
    },
  },
  {
    name: 'is cancelled when a loop leaves a stream, which is then aborted',
    async run(wrap, probe) {
      const work = wrap(() => new SdkStream(() => paused(NUMBERS)));
      await probe.inTrace(async () => {
        const stream = work();
        assert.deepEqual(await collect(stream, 1), [1]);
        assert.ok(stream.controller.signal.aborted);
      });
      probe.span('cancelled');
    },
  },
  {
    name: 'is cancelled when a stream is aborted, which then ends without an error',
    async run(wrap, probe) {
      const work = wrap(() => new SdkStream(() => paused(NUMBERS)));
      await probe.inTrace(async () => {
        const stream = work();
        for await (const part of stream) if (part === 2) stream.controller.abort();
      });
      probe.span('cancelled');
    },
  },
  {
    name: 'is cancelled when a stream is aborted that is not read at that time',
    async run(wrap, probe) {
      const work = wrap(() => new SdkStream(() => paused(NUMBERS)));
      await probe.inTrace(async () => {
        const stream = work();
        await stream[Symbol.asyncIterator]().next();
        stream.controller.abort();
        await turns();
      });
      probe.span('cancelled');
    },
  },
  {
    name: 'fails with the error that breaks a stream, and passes it on, once',
    async run(wrap, probe) {
      const error = new Error('terminated');
      const work = wrap(() => new SdkStream(() => paused(NUMBERS, 1, error)));
      const reported = await unhandledDuring(() => probe.inTrace(() => rejectsWith(collect(work()), error)));
      assert.deepEqual(reported, []);
      probe.failedWith(error);
    },
  },
  {
    name: 'sees that a loop leaves an iterator that has no return()',
    async run(wrap, probe) {
      let count = 0;
      const work = wrap(() => ({
        [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false, value: (count += 1) }) }),
      }));
      assert.deepEqual(await probe.inTrace(() => collect(work(), 2)), [1, 2]);
      assert.equal(count, 2);
      probe.span('cancelled');
    },
  },
  {
    name: 'keeps no trace waiting for a stream that is not read; read later, it has a span then',
    async run(wrap, probe) {
      const work = wrap(() => new SdkStream(() => paused(NUMBERS)));
      const stream = probe.inTrace(() => work());
      await turns();
      probe.span('ok');
      assert.deepEqual(await probe.inTrace(() => collect(stream)), NUMBERS);
      probe.ended('ok', 'ok');
    },
  },
  {
    name: 'has a span for each reading of what can be read again',
    async run(wrap, probe) {
      const work = wrap(() => ({ [Symbol.asyncIterator]: () => paused(NUMBERS, 1) }));
      await probe.inTrace(async () => {
        const readable = work();
        assert.deepEqual(await collect(readable), NUMBERS);
        assert.deepEqual(await collect(readable, 1), [1]);
      });
      probe.ended('ok', 'cancelled');
    },
  },
  {
    name: 'splits a stream: both branches have all parts, the source is read once',
    async run(wrap, probe) {
      let produced = 0;
      const work = wrap(
        () =>
          new SdkStream(async function* () {
            for await (const part of paused(NUMBERS, 1)) {
              produced += 1;
              yield part;
            }
          }),
      );
      await probe.inTrace(async () => {
        const [left, right] = work().tee();
        assert.deepEqual(await Promise.all([collect(left), collect(right)]), [NUMBERS, NUMBERS]);
      });
      assert.equal(produced, 3);
      probe.span('ok');
    },
  },
  {
    name: 'is cancelled when both branches of a stream are left, not when one is',
    async run(wrap, probe) {
      const work = wrap(() => new SdkStream(() => paused(NUMBERS, 1)));
      await probe.inTrace(async () => {
        const [left, right] = work().tee();
        await collect(left, 1);
        probe.open();
        await collect(right, 2);
      });
      probe.span('cancelled');
    },
  },
  {
    name: 'follows a stream that is read as a web stream, to its end and when it is cancelled',
    async run(wrap, probe) {
      const work = wrap(() => new SdkStream(() => paused(NUMBERS, 1)));
      await probe.inTrace(async () => {
        assert.deepEqual(await collect(work().toReadableStream()), NUMBERS);
        const reader = work().toReadableStream().getReader();
        await reader.read();
        await reader.cancel();
      });
      probe.ended('ok', 'cancelled');
    },
  },
  {
    name: 'runs the producer of a stream in the span, and the loop around it outside',
    async run(wrap, probe) {
      const child = wrap(() => 1);
      const work = wrap(
        () =>
          new SdkStream(async function* () {
            yield child();
            yield child();
          }),
      );
      await probe.inTrace(async () => {
        for await (const part of work()) wrap(() => part)();
      });
      probe.nested(undefined, 0, undefined, 0, undefined);
    },
  },
  {
    name: 'follows two wrappers around one stream',
    async run(wrap, probe) {
      const pauses = new Work();
      const inner = wrap(
        async () =>
          new SdkStream(async function* () {
            await pauses.wait(20);
            yield 1;
          }),
      );
      const outer = wrap(async () => inner());
      assert.deepEqual(await probe.inTrace(async () => collect(await outer())), [1]);
      probe.ended('ok', 'ok');
      probe.nested(undefined, 0);
      probe.lasted(pauses, 2);
    },
  },
  {
    name: 'follows the stream that a result holds',
    async run(wrap, probe) {
      const pauses = new Work();
      const work = wrap(async () => ({
        $metadata: { requestId: 'r1' },
        stream: {
          async *[Symbol.asyncIterator]() {
            await pauses.wait(20);
            yield { contentBlockDelta: { delta: { text: 'hola' } } };
          },
        },
      }));
      await probe.inTrace(async () => collect((await work()).stream));
      probe.span('ok');
      probe.lasted(pauses);
    },
  },
  {
    name: 'passes a frozen stream and an iterator that is a proxy through',
    async run(wrap, probe) {
      const iterable = { [Symbol.asyncIterator]: () => paused(NUMBERS, 1) };
      const proxied = {
        [Symbol.asyncIterator]: () => new Proxy<AsyncGenerator<number>>(paused(NUMBERS, 1), { get: bound }),
      };
      for (const stream of [Object.freeze(iterable), proxied]) {
        const work = wrap(() => stream);
        assert.deepEqual(await probe.inTrace(() => collect(work())), NUMBERS);
      }
      probe.ended('ok', 'ok');
    },
  },
  {
    name: 'lasts until an emitter of a model’s parts has ended, and gives its listeners all events',
    async run(wrap, probe) {
      const pauses = new Work();
      const work = wrap(
        () =>
          new SdkEmitter(async (emit) => {
            for (const text of ['a', 'b']) {
              await pauses.wait(20);
              emit('text', text);
            }
          }),
      );
      const heard: string[] = [];
      await probe.inTrace(async () => {
        const stream = work();
        const keys = Object.keys(stream);
        assert.deepEqual(keys, []);
        await stream.on('text', (text: string) => void heard.push(text)).done();
      });
      assert.deepEqual(heard, ['a', 'b']);
      probe.span('ok');
      probe.lasted(pauses);
    },
  },
  {
    name: 'runs the listeners of an emitter where it was answered, its work in the span',
    async run(wrap, probe) {
      const child = wrap(() => 1);
      const work = wrap(
        () =>
          new SdkEmitter(async (emit) => {
            await turns(1);
            child();
            emit('text', 'a');
          }),
      );
      await probe.inTrace(() =>
        work()
          .on('text', () => child())
          .done(),
      );
      probe.nested(undefined, 0, undefined);
    },
  },
  {
    name: 'does not handle the error of an emitter in the application’s place, and records it',
    async run(wrap, probe) {
      const error = new Error('overloaded');
      const work = wrap(
        () =>
          new SdkEmitter(async () => {
            await turns(1);
            throw error;
          }),
      );
      const reported = await unhandledDuring(() => void probe.inTrace(() => work()));
      assert.deepEqual(reported, [error]);
      probe.failedWith(error);
    },
  },
  {
    name: 'is cancelled when an emitter is aborted',
    async run(wrap, probe) {
      const work = wrap(() => new SdkEmitter(() => new Promise(() => undefined)));
      await probe.inTrace(async () => {
        const stream = work();
        stream.on('abort', () => undefined);
        stream.abort();
      });
      probe.span('cancelled');
    },
  },
  {
    name: 'ends with an emitter that has ended before it was answered',
    async run(wrap, probe) {
      const work = wrap(async () => {
        const stream = new SdkEmitter(async () => undefined);
        await stream.done();
        return stream;
      });
      await probe.inTrace(() => work());
      probe.span('ok');
    },
  },
  {
    name: 'follows what streamText answers: read as text, as parts, or by its promises',
    async run(wrap, probe) {
      const parts: AiPart[] = [
        { type: 'text-delta', text: 'a' },
        { type: 'text-delta', text: 'b' },
        { type: 'finish' },
      ];
      const work = wrap(() => new AiResult(paused(parts)));
      await probe.inTrace(async () => {
        assert.deepEqual(await collect(work().textStream), ['a', 'b']);
        assert.deepEqual(await collect(work().fullStream), parts);
        assert.equal(await work().text, 'ab');
        const both = work();
        assert.deepEqual(await Promise.all([collect(both.textStream), both.text]), [['a', 'b'], 'ab']);
      });
      probe.ended('ok', 'ok', 'ok', 'ok');
    },
  },
  {
    name: 'is cancelled when the text of streamText is left, while it is read elsewhere goes on',
    async run(wrap, probe) {
      const parts: AiPart[] = [
        { type: 'text-delta', text: 'a' },
        { type: 'text-delta', text: 'b' },
        { type: 'finish' },
      ];
      const work = wrap(() => new AiResult(paused(parts)));
      await probe.inTrace(async () => {
        await collect(work().textStream, 1);
        const both = work();
        const whole = both.text;
        await collect(both.textStream, 1);
        assert.equal(await whole, 'ab');
      });
      probe.ended('cancelled', 'ok');
    },
  },
  {
    name: 'fails with the error that streamText reports as a part',
    async run(wrap, probe) {
      const error = new Error('bad gateway');
      const parts: AiPart[] = [
        { type: 'text-delta', text: 'a' },
        { type: 'error', error },
      ];
      const work = wrap(() => new AiResult(paused(parts)));
      assert.deepEqual(await probe.inTrace(() => collect(work().textStream)), ['a']);
      probe.failedWith(error);
    },
  },
];

function bound(target: object, key: PropertyKey): never {
  const value: unknown = Reflect.get(target, key);
  return (typeof value === 'function' ? value.bind(target) : value) as never;
}
