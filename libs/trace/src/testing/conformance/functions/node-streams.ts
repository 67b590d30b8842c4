import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough, Readable, Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { rejectsWith, turns } from './conformance-case.js';
import type { ConformanceCase, Wrap } from './conformance-case.js';
import { Work } from './span-probe.js';
import { paused } from './stream-classes.js';

const WORDS = ['uno', 'dos', 'tres'];

function words(error?: unknown): Readable {
  return Readable.from(paused(WORDS, 1, error));
}

/** The same, plain and wrapped: what happens must not differ. */
async function alike(
  wrap: Wrap,
  inTrace: <R>(fn: () => R) => R,
  scenario: (work: Wrap) => Promise<unknown>,
): Promise<void> {
  const plain = await scenario((fn) => fn);
  assert.deepEqual(await inTrace(() => scenario(wrap)), plain);
}

/** Node's streams, read in each way that there is. */
export const NODE_STREAMS: readonly ConformanceCase[] = [
  {
    name: 'lasts until a Readable is read to its end, and adds no listener to it',
    async run(wrap, probe) {
      const pauses = new Work();
      const work = wrap(() =>
        Readable.from(
          (async function* () {
            await pauses.wait(20);
            yield 'a';
            await pauses.wait(20);
            yield 'b';
          })(),
        ),
      );
      await probe.inTrace(async () => {
        const stream = work();
        assert.equal(stream.eventNames().length, 0);
        assert.equal(stream.readableFlowing, null);
        const seen: unknown[] = [];
        for await (const part of stream) seen.push(part);
        assert.deepEqual(seen, ['a', 'b']);
      });
      probe.span('ok');
      probe.lasted(pauses);
    },
  },
  {
    name: 'gives a Readable’s listeners the parts in their order',
    async run(wrap, probe) {
      await alike(wrap, probe.inTrace.bind(probe), async (work) => {
        const heard: unknown[] = [];
        const stream = work(() => words())();
        stream.on('data', (part) => heard.push(part)).on('end', () => heard.push('end'));
        await once(stream, 'close');
        return heard;
      });
      probe.span('ok');
    },
  },
  {
    name: 'reads a paused Readable part by part, as its reader asks',
    async run(wrap, probe) {
      await alike(wrap, probe.inTrace.bind(probe), async (work) => {
        const log: unknown[] = [];
        const stream = work(
          () =>
            new Readable({
              highWaterMark: 4,
              read(size) {
                log.push(`asked for ${size}`);
                this.push(log.length > 6 ? null : Buffer.from('ab'));
              },
            }),
        )();
        stream.on('readable', () => {
          for (let part: unknown = stream.read(2); part !== null; part = stream.read(2)) log.push(String(part));
        });
        await once(stream, 'end');
        return log;
      });
      probe.span('ok');
    },
  },
  {
    name: 'keeps the back-pressure of a pipeline',
    async run(wrap, probe) {
      await alike(wrap, probe.inTrace.bind(probe), async (work) => {
        const log: string[] = [];
        let count = 0;
        const source = work(
          () =>
            new Readable({
              objectMode: true,
              highWaterMark: 2,
              read() {
                log.push(`read ${count}`);
                this.push(count === 6 ? null : { count: count++ });
              },
            }),
        )();
        const slow = new Writable({
          objectMode: true,
          highWaterMark: 1,
          write({ count: written }: { count: number }, _encoding, done) {
            log.push(`write ${written}`);
            setImmediate(done);
          },
        });
        assert.ok(source instanceof Readable);
        await pipeline(source, slow);
        return log;
      });
      probe.span('ok');
    },
  },
  {
    name: 'follows a Transform, which is piped into and read',
    async run(wrap, probe) {
      const work = wrap(
        () =>
          new Transform({
            transform: (chunk: Buffer, _encoding, done) => done(null, chunk.toString().toUpperCase()),
          }),
      );
      await probe.inTrace(async () => {
        const seen: string[] = [];
        for await (const part of words().pipe(work())) seen.push(String(part));
        assert.deepEqual(seen, ['UNO', 'DOS', 'TRES']);
      });
      probe.span('ok');
    },
  },
  {
    name: 'is cancelled when a loop leaves a Readable, or it is destroyed',
    async run(wrap, probe) {
      const work = wrap(() => words());
      await probe.inTrace(async () => {
        for await (const part of work()) if (part === 'uno') break;
        const stream = work();
        stream.resume().destroy();
        await once(stream, 'close');
      });
      probe.ended('cancelled', 'cancelled');
    },
  },
  {
    name: 'is cancelled when what a Readable is piped into closes early',
    async run(wrap, probe) {
      const work = wrap(() => words());
      await probe.inTrace(async () => {
        const source = work();
        assert.ok(source instanceof Readable);
        const into = new PassThrough();
        into.once('data', () => into.destroy());
        await pipeline(source, into).catch(() => undefined);
      });
      probe.span('cancelled');
    },
  },
  {
    name: 'fails with the error that breaks a Readable, once, and passes it on',
    async run(wrap, probe) {
      const error = new Error('connection reset');
      const work = wrap(() => words(error));
      await probe.inTrace(async () => {
        const stream = work();
        await rejectsWith(
          (async () => {
            for await (const part of stream) void part;
          })(),
          error,
        );
        assert.equal(stream.errored, error);
      });
      probe.failedWith(error);
    },
  },
  {
    name: 'does not handle the error of a Readable in the application’s place',
    run(wrap, probe) {
      const error = new Error('without a listener');
      const work = wrap(() => new PassThrough());
      const stream = probe.inTrace(() => work());
      assert.throws(() => stream.emit('error', error), /without a listener/);
      probe.failedWith(error);
    },
  },
  {
    name: 'ends with a Readable that is over before it is answered',
    async run(wrap, probe) {
      const work = wrap(async () => {
        const stream = words();
        for await (const part of stream) void part;
        return stream;
      });
      await probe.inTrace(() => work());
      probe.span('ok');
    },
  },
  {
    name: 'runs a Readable’s producer in the span, and its listeners where they were added',
    async run(wrap, probe) {
      const child = wrap(() => 1);
      const work = wrap(
        () =>
          new Readable({
            read() {
              child();
              setImmediate(() => this.push(null));
            },
          }),
      );
      await probe.inTrace(() => {
        const stream = work();
        stream.on('end', () => child()).resume();
        return once(stream, 'close');
      });
      probe.nested(undefined, 0, undefined);
    },
  },
  {
    name: 'keeps no trace waiting for a Readable that is not read',
    async run(wrap, probe) {
      const work = wrap(() => new PassThrough());
      const stream = probe.inTrace(() => work());
      await turns();
      probe.span('ok');
      stream.destroy();
      await once(stream, 'close');
      probe.span('ok');
    },
  },
];
