/* oxlint-disable unicorn/no-thenable -- they are what is tested */
import assert from 'node:assert/strict';
import { pause, rejectsWith, turns, unhandledDuring } from './conformance-case.js';
import type { ConformanceCase } from './conformance-case.js';

const NEVER = new Promise<never>(() => undefined);

function gate(): { promise: Promise<void>; resolve: () => void } {
  let open!: () => void;
  const promise = new Promise<void>((resolve) => void (open = resolve));
  return { promise, resolve: () => open() };
}

/** Promises, and thenables that only look like them. */
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
      const work = wrap(async () => {
        await pause(50);
        return 'done';
      });
      assert.equal(await probe.inTrace(() => work()), 'done');
      probe.lasted(50);
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
      assert.equal(probe.recorder.spans[1]?.parent, undefined);
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
      assert.deepEqual(
        probe.recorder.spans.map(({ outcome }) => outcome?.kind),
        ['error', 'error'],
      );
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
      const query: PromiseLike<string[]> = {
        then(onValue, onError) {
          ran += 1;
          return pause(50)
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
      probe.lasted(50);
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
      const [query] = probe.recorder.spans;
      assert.deepEqual(
        probe.recorder.spans.map(({ parent }) => parent),
        [undefined, query!.id, undefined],
      );
    },
  },
  {
    name: 'follows two wrappers around one query builder, and leaves nothing on one that is answered over and over',
    async run(wrap, probe) {
      const query: PromiseLike<number> = {
        then: (...callbacks) =>
          pause(50)
            .then(() => 1)
            .then(...callbacks),
      };
      const descriptor = Object.getOwnPropertyDescriptor(query, 'then');
      const inner = wrap(() => query);
      const outer = wrap(() => inner());
      assert.equal(await probe.inTrace(() => outer()), 1);
      probe.lasted(50);
      assert.ok((probe.recorder.spans[1]?.ms ?? 0) >= 48);
      for (let i = 0; i < 5; i += 1) probe.inTrace(() => void outer());
      await turns();
      assert.deepEqual(Object.getOwnPropertyDescriptor(query, 'then'), descriptor);
      assert.ok(probe.recorder.spans.every(({ outcome }) => outcome?.kind === 'ok'));
      assert.equal(await probe.inTrace(() => inner()), 1);
      assert.deepEqual(probe.recorder.spans.at(-1)?.outcome, { kind: 'ok', output: 1 });
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
      assert.deepEqual(
        probe.recorder.spans.map(({ outcome }) => outcome?.kind),
        ['ok', 'ok'],
      );
    },
  },
];
