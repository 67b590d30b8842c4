import assert from 'node:assert/strict';
import { rejectsWith, turns } from './conformance-case.js';
import type { ConformanceCase } from './conformance-case.js';
import { Work } from './span-probe.js';

/** Generators, sync and async, until their end or until they are given up. */
export const GENERATORS: readonly ConformanceCase[] = [
  {
    name: 'follows a generator to its end',
    run(wrap, probe) {
      const work = wrap(function* count(): Generator<number, string> {
        yield 1;
        yield 2;
        return 'end';
      });
      const generator = probe.inTrace(() => work());
      assert.ok(generator instanceof work);
      assert.deepEqual(generator.next(), { done: false, value: 1 });
      probe.open();
      assert.deepEqual([...generator], [2]);
      probe.succeededWith('end');
      assert.deepEqual(generator.next(), { done: true, value: undefined });
    },
  },
  {
    name: 'runs the body of a generator in the span, and the loop around it outside',
    run(wrap, probe) {
      const inside = wrap(() => 1);
      const work = wrap(function* body(): Generator<number> {
        yield inside();
        yield inside();
      });
      probe.inTrace(() => {
        for (const value of work()) wrap(() => value)();
      });
      probe.nested(undefined, 0, undefined, 0, undefined);
    },
  },
  {
    name: 'is cancelled when a loop leaves a generator, after its finally',
    run(wrap, probe) {
      let cleaned = false;
      const work = wrap(function* endless(): Generator<number> {
        try {
          for (;;) yield 1;
        } finally {
          cleaned = true;
        }
      });
      probe.inTrace(() => {
        for (const value of work()) if (value === 1) break;
      });
      assert.ok(cleaned);
      probe.span('cancelled');
    },
  },
  {
    name: 'passes values and errors into a generator',
    run(wrap, probe) {
      const error = new Error('thrown in');
      const work = wrap(function* echo(): Generator<unknown, void, unknown> {
        let received: unknown;
        for (;;) received = yield received;
      });
      const generator = probe.inTrace(() => work());
      generator.next();
      assert.deepEqual(generator.next('in'), { done: false, value: 'in' });
      assert.throws(
        () => generator.throw(error),
        (thrown) => thrown === error,
      );
      probe.failedWith(error);
    },
  },
  {
    name: 'delegates by yield*',
    run(wrap, probe) {
      const inner = wrap(function* inner(): Generator<number, number> {
        yield 1;
        return 2;
      });
      const outer = wrap(function* outer(): Generator<number, number> {
        return (yield* inner()) + 1;
      });
      const generator = probe.inTrace(() => outer());
      generator.next();
      assert.deepEqual(generator.next(), { done: true, value: 3 });
      probe.ended('ok', 'ok');
      probe.nested(undefined, 0);
    },
  },
  {
    name: 'follows an async generator to its end, for as long as it takes, children inside',
    async run(wrap, probe) {
      const pauses = new Work();
      const inside = wrap(async () => pauses.wait(25));
      const work = wrap(async function* body(): AsyncGenerator<number> {
        await inside();
        yield 1;
        await inside();
        yield 2;
      });
      const seen: number[] = [];
      await probe.inTrace(async () => {
        for await (const value of work()) seen.push(value);
      });
      assert.deepEqual(seen, [1, 2]);
      probe.ended('ok', 'ok', 'ok');
      probe.nested(undefined, 0, 0);
      probe.lasted(pauses);
    },
  },
  {
    name: 'is cancelled when a loop leaves an async generator, and fails when its body does',
    async run(wrap, probe) {
      const error = new Error('in the body');
      const work = wrap(async function* body(fails: boolean): AsyncGenerator<number> {
        yield 1;
        if (fails) throw error;
        yield 2;
      });
      await probe.inTrace(async () => {
        for await (const value of work(false)) if (value === 1) break;
        const failing = work(true);
        assert.deepEqual(await failing.next(), { done: false, value: 1 });
        await rejectsWith(failing.next(), error);
      });
      probe.ended('cancelled', 'error');
    },
  },
  {
    name: 'keeps no trace waiting for a generator that nobody reads; read later, it has a span then',
    async run(wrap, probe) {
      const work = wrap(function* body(): Generator<number> {
        yield 1;
      });
      const generator = probe.inTrace(() => work());
      await turns();
      probe.span('ok');
      assert.deepEqual(
        probe.inTrace(() => [...generator]),
        [1],
      );
      probe.ended('ok', 'ok');
    },
  },
];
