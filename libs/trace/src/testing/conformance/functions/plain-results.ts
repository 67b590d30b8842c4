/* oxlint-disable unicorn/no-thenable -- what only looks like one is tested */
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import type { ConformanceCase } from './conformance-case.js';
import { Work } from './span-probe.js';
import { turns } from './turns.js';

function thisAndArguments(this: unknown, ...args: unknown[]): unknown {
  return [this, args];
}

function refuse(): never {
  return assert.fail('user code ran');
}

/** What is there when the call returns. */
export const PLAIN_RESULTS: readonly ConformanceCase[] = [
  ...[undefined, null, 0, '', false, 1n, Symbol.iterator, [1], () => 1].map((value): ConformanceCase => ({
    name: `answers ${typeof value === 'symbol' ? 'a symbol' : Array.isArray(value) ? 'an array' : String(value)}`,
    run(wrap, probe) {
      const work = wrap(() => value);
      assert.equal(
        probe.inTrace(() => work()),
        value,
      );
      probe.succeededWith(value);
    },
  })),
  ...[new Error('broken'), Object.freeze(new TypeError('frozen')), undefined, null, 'text', { code: 1 }].map(
    (thrown): ConformanceCase => ({
      name: `throws ${thrown instanceof Error ? thrown.message : JSON.stringify(thrown)}`,
      run(wrap, probe) {
        const work = wrap(() => {
          throw thrown;
        });
        let caught: unknown = 'nothing';
        try {
          probe.inTrace(() => work());
        } catch (error) {
          caught = error;
        }
        assert.equal(caught, thrown);
        probe.failedWith(thrown);
      },
    }),
  ),
  {
    name: 'keeps this, the arguments and their number',
    run(wrap, probe) {
      const self = { wrapped: wrap(thisAndArguments) };
      assert.deepEqual(
        probe.inTrace(() => self.wrapped(1, undefined)),
        [self, [1, undefined]],
      );
      const span = probe.span('ok');
      if ('input' in span) assert.deepEqual(span.input, [1, undefined]);
    },
  },
  {
    name: 'keeps name, length and further properties',
    run(wrap) {
      const original = Object.assign((_a: unknown, _b: unknown) => 1, { extra: 'kept' });
      const work = wrap(original);
      assert.equal(work.name, original.name);
      assert.equal(work.length, 2);
      assert.equal(work.extra, 'kept');
    },
  },
  {
    name: 'is synchronous',
    run(wrap, probe) {
      const order: string[] = [];
      const work = wrap(() => void order.push('work'));
      probe.inTrace(() => work());
      order.push('after');
      assert.deepEqual(order, ['work', 'after']);
      probe.span('ok');
    },
  },
  {
    name: 'passes a Node stream and a web stream through, unread',
    async run(wrap, probe) {
      for (const stream of [new PassThrough(), new ReadableStream()]) {
        const keys = Object.keys(stream);
        const work = wrap(() => stream);
        assert.equal(
          probe.inTrace(() => work()),
          stream,
        );
        assert.deepEqual(Object.keys(stream), keys);
        if (stream instanceof ReadableStream) assert.equal(stream.locked, false);
        else assert.equal(stream.readableFlowing, null);
      }
      await turns();
      probe.ended('ok', 'ok');
    },
  },
  {
    name: 'looks at no getter and through no proxy of a result',
    run(wrap, probe) {
      const getters = Object.defineProperties(
        {},
        { then: { get: refuse }, subscribe: { get: refuse }, lift: { get: refuse } },
      );
      const proxy = new Proxy(
        {},
        { get: refuse, has: refuse, getPrototypeOf: refuse, getOwnPropertyDescriptor: refuse },
      );
      for (const value of [getters, proxy]) {
        const work = wrap(() => value);
        const result = probe.inTrace(() => work());
        assert.ok(Object.is(result, value));
      }
    },
  },
  {
    name: 'nests what is called inside',
    run(wrap, probe) {
      const inner = wrap(() => 1);
      const outer = wrap(() => [inner(), inner()]);
      probe.inTrace(() => outer());
      probe.nested(undefined, 0, 0);
    },
  },
  {
    name: 'lasts as long as a function that blocks',
    run(wrap, probe) {
      const blocking = new Work();
      const work = wrap(() => blocking.block());
      probe.inTrace(() => work());
      probe.span('ok');
      probe.lasted(blocking);
    },
  },
];
