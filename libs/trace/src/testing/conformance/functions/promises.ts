import assert from 'node:assert/strict';
import { turns, unhandledDuring } from './conformance-case.js';
import type { ConformanceCase } from './conformance-case.js';
import { Work } from './span-probe.js';

const NEVER = new Promise<never>(() => undefined);

function gate(): { promise: Promise<void>; resolve: () => void } {
  let open!: () => void;
  const promise = new Promise<void>((resolve) => void (open = resolve));
  return { promise, resolve: () => open() };
}

/** Promises: whose they are, how long they last, and who hears of a rejection. */
export const PROMISES: readonly ConformanceCase[] = [
  {
    name: 'answers the same promise',
    async run(wrap, probe) {
      const promise = Promise.resolve(7);
      const work = wrap(() => promise);
      const result = probe.inTrace(() => work());
      assert.equal(result, promise);
      assert.deepEqual(Object.getOwnPropertyNames(result), []);
      assert.equal(await result, 7);
      probe.succeededWith(7);
    },
  },
  {
    name: 'lasts as long as an async function',
    async run(wrap, probe) {
      const pauses = new Work();
      const work = wrap(async () => {
        await pauses.wait();
        return 'done';
      });
      assert.equal(await probe.inTrace(() => work()), 'done');
      probe.lasted(pauses);
      probe.succeededWith('done');
    },
  },
  {
    name: 'ends with an async function that nobody waits for',
    async run(wrap, probe) {
      const { promise: finished, resolve: finish } = gate();
      const work = wrap(async () => {
        await turns(2);
        finish();
      });
      void probe.inTrace(() => work());
      await finished;
      await turns(1);
      probe.span('ok');
    },
  },
  {
    name: 'answers an ordinary promise: of Promise, with its constructor, without further properties',
    async run(wrap, probe) {
      const work = wrap(async () => 1);
      const result = probe.inTrace(() => work());
      assert.ok(result instanceof Promise);
      assert.equal(result.constructor, Promise);
      assert.equal(Object.getPrototypeOf(result), Promise.prototype);
      assert.deepEqual(Object.getOwnPropertyNames(result), []);
      assert.equal(await result, 1);
    },
  },
  {
    name: 'keeps the callers of an async function in the stack of its errors',
    async run(wrap, probe) {
      const work = wrap(async () => {
        await turns(1);
        throw new Error('deep');
      });
      const caller = async (): Promise<void> => {
        await work();
      };
      const { stack } = (await probe.inTrace(caller).then(undefined, (error: unknown) => error)) as Error;
      assert.match(stack ?? '', / caller /);
    },
  },
  ...[new Error('broken'), Object.freeze(new Error('frozen')), undefined].map((reason): ConformanceCase => ({
    name: `rejects with ${reason === undefined ? 'undefined' : reason.message}, reported by nobody when it is handled`,
    async run(wrap, probe) {
      const work = wrap(async () => {
        await turns(1);
        throw reason;
      });
      const reported = await unhandledDuring(async () => {
        let caught: unknown = 'nothing';
        try {
          await probe.inTrace(() => work());
        } catch (error) {
          caught = error;
        }
        assert.ok(Object.is(caught, reason));
      });
      assert.deepEqual(reported, []);
      probe.failedWith(reason);
    },
  })),
  {
    name: 'leaves a rejection that nobody handles to be reported, once',
    async run(wrap, probe) {
      const error = new Error('forgotten');
      for (const before of [0, 1]) {
        const work = wrap(async () => {
          if (before > 0) await turns(before);
          throw error;
        });
        const reported = await unhandledDuring(async () => {
          void probe.inTrace(() => work());
          await turns(3);
        });
        assert.deepEqual(reported, [error]);
      }
    },
  },
  {
    name: 'has a rejection handled by then, catch, finally, Promise.all, allSettled, race and an async return',
    async run(wrap, probe) {
      const work = wrap(async (): Promise<number> => {
        throw new Error('handled');
      });
      const handled: ((promise: Promise<number>) => Promise<unknown>)[] = [
        (promise) => promise.then(undefined, () => 0),
        (promise) => promise.catch(() => 0),
        (promise) => promise.finally(() => 0).catch(() => 0),
        (promise) => Promise.all([promise, 0]).catch(() => 0),
        (promise) => Promise.allSettled([promise]),
        (promise) => Promise.race([promise, NEVER]).catch(() => 0),
        (promise) => (async () => promise)().catch(() => 0),
      ];
      for (const handle of handled) {
        const reported = await unhandledDuring(() => handle(probe.inTrace(() => work())));
        assert.deepEqual(reported, [], String(handle));
      }
    },
  },
  {
    name: 'reports nothing of a promise that the function handled itself before it answered it',
    async run(wrap, probe) {
      const work = wrap(() => {
        const promise = Promise.reject(new Error('logged inside'));
        promise.catch(() => undefined);
        return promise;
      });
      assert.deepEqual(await unhandledDuring(() => void probe.inTrace(() => work())), []);
      probe.span('error');
    },
  },
  {
    name: 'settles before the caller goes on, and leaves the caller in its own context',
    async run(wrap, probe) {
      const work = wrap(async () => 1);
      await probe.inTrace(async () => {
        await work();
        probe.span('ok');
        const later = wrap(() => 2);
        later();
      });
      probe.nested(undefined, undefined);
    },
  },
  {
    name: 'follows two wrappers around one promise',
    async run(wrap, probe) {
      const error = new Error('both');
      const inner = wrap(async () => {
        await turns(1);
        throw error;
      });
      const outer = wrap(() => inner());
      assert.deepEqual(await unhandledDuring(() => probe.inTrace(() => outer()).catch(() => 0)), []);
      probe.ended('error', 'error');
    },
  },
  {
    name: 'makes no second instance of a subclass of Promise',
    async run(wrap, probe) {
      let made = 0;
      class Counted<T> extends Promise<T> {
        constructor(executor: ConstructorParameters<typeof Promise<T>>[0]) {
          super(executor);
          made += 1;
        }
      }
      const work = wrap(() => new Counted<number>((resolve) => resolve(1)));
      const result = probe.inTrace(() => work());
      await turns(1);
      assert.equal(made, 1);
      assert.ok(result instanceof Counted);
      assert.equal(result.constructor, Counted);
      assert.equal(Object.getPrototypeOf(result), Counted.prototype);
      probe.succeededWith(1);
    },
  },
];
