/* oxlint-disable unicorn/no-thenable -- they are what is tested */
import assert from 'node:assert/strict';
import { rejectsWith, turns, unhandledDuring } from './conformance-case.js';
import type { ConformanceCase } from './conformance-case.js';
import { Work } from './span-probe.js';

/** Objects that only look like promises: calling `then` starts their work. */
export const THENABLES: readonly ConformanceCase[] = [
  {
    name: 'does not start a lazy promise',
    async run(wrap, probe) {
      let started = 0;
      class Lazy<T> extends Promise<T> {
        override then(...args: never[]): Promise<never> {
          started += 1;
          return Promise.resolve(9).then(...(args as [])) as Promise<never>;
        }
      }
      const work = wrap(() => new Lazy<number>(() => undefined));
      const unused = probe.inTrace(() => work());
      await turns();
      assert.equal(started, 0);
      assert.ok(unused instanceof Lazy);
      probe.span('ok');
      assert.equal(await (probe.inTrace(() => work()) as Promise<number>), 9);
      assert.equal(started, 1);
    },
  },
  {
    name: 'does not run a query builder, answers it untouched, and lasts until its own consumer has the rows',
    async run(wrap, probe) {
      let ran = 0;
      const pauses = new Work();
      const query: PromiseLike<string[]> = {
        then(onValue, onError) {
          ran += 1;
          return pauses
            .wait()
            .then(() => ['row'])
            .then(onValue, onError);
        },
      };
      const { then } = query;
      const work = wrap(() => query);
      const result = probe.inTrace(() => work());
      assert.equal(result, query);
      assert.equal(ran, 0);
      assert.deepEqual(await (result as PromiseLike<unknown>), ['row']);
      assert.equal(ran, 1);
      assert.equal(query.then, then);
      probe.lasted(pauses);
      probe.succeededWith(['row']);
    },
  },
  {
    name: 'records the failure of a query builder, once, and rejects its consumer with it',
    async run(wrap, probe) {
      const error = new Error('no such table');
      class Query {
        then(onValue: () => unknown, onError?: (error: unknown) => unknown): Promise<unknown> {
          return Promise.reject(error).then(onValue, onError);
        }
      }
      const work = wrap(() => new Query());
      const result = probe.inTrace(() => work());
      const reported = await unhandledDuring(() => rejectsWith(result as never, error));
      assert.deepEqual(reported, []);
      assert.deepEqual(Object.getOwnPropertyNames(result), []);
      probe.failedWith(error);
    },
  },
  {
    name: 'runs the query in the span, and the callbacks of its consumer outside',
    async run(wrap, probe) {
      const child = wrap(() => 1);
      class Query {
        then(onValue: (value: number) => unknown): Promise<unknown> {
          child();
          return Promise.resolve(1).then(onValue);
        }
      }
      const work = wrap(() => new Query());
      await probe.inTrace(() => work().then(() => child()));
      probe.nested(undefined, 0, undefined);
    },
  },
  {
    name: 'follows two wrappers around one query builder, and leaves nothing on one that is answered over and over',
    async run(wrap, probe) {
      const pauses = new Work();
      const query: PromiseLike<number> = {
        then: (...callbacks) =>
          pauses
            .wait()
            .then(() => 1)
            .then(...callbacks),
      };
      const descriptor = Object.getOwnPropertyDescriptor(query, 'then');
      const inner = wrap(() => query);
      const outer = wrap(() => inner());
      assert.equal(await probe.inTrace(() => outer()), 1);
      probe.ended('ok', 'ok');
      probe.lasted(pauses, 2);
      for (let i = 0; i < 5; i += 1) probe.inTrace(() => void outer());
      await turns();
      assert.deepEqual(Object.getOwnPropertyDescriptor(query, 'then'), descriptor);
      assert.ok(probe.spans.every(({ outcome }) => outcome === 'ok'));
      assert.equal(await probe.inTrace(() => inner()), 1);
      const last = probe.spans.at(-1);
      assert.equal(last?.outcome, 'ok');
      if ('output' in last) assert.equal(last.output, 1);
    },
  },
  {
    name: 'keeps no trace waiting for a query builder that is never run, or is frozen',
    async run(wrap, probe) {
      for (const query of [{ then: () => assert.fail('ran') }, Object.freeze({ then: () => assert.fail('ran') })]) {
        const descriptor = Object.getOwnPropertyDescriptor(query, 'then');
        const work = wrap(() => ({ query }).query);
        probe.inTrace(() => void work());
        await turns();
        assert.deepEqual(Object.getOwnPropertyDescriptor(query, 'then'), descriptor);
      }
      probe.ended('ok', 'ok');
    },
  },
];
