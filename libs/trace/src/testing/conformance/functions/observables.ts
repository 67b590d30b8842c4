import assert from 'node:assert/strict';
import {
  BehaviorSubject,
  defer,
  EMPTY,
  lastValueFrom,
  map,
  NEVER,
  Observable,
  of,
  range,
  Subject,
  take,
  throwError,
  toArray,
} from 'rxjs';
import { rejectsWith, turns } from './conformance-case.js';
import type { ConformanceCase } from './conformance-case.js';
import { Work } from './span-probe.js';

/** Observables, by subscription. */
export const OBSERVABLES: readonly ConformanceCase[] = [
  {
    name: 'follows an Observable to its completion, with its last value, for as long as it takes',
    async run(wrap, probe) {
      const pauses = new Work();
      const work = wrap(() => defer(() => pauses.wait()).pipe(map(() => 'late')));
      const result = probe.inTrace(() => work());
      assert.ok(result instanceof Observable);
      assert.equal(await probe.inTrace(() => lastValueFrom(result)), 'late');
      probe.lasted(pauses);
      probe.succeededWith('late');
    },
  },
  {
    name: 'does not subscribe by itself, and keeps no trace waiting',
    async run(wrap, probe) {
      let subscribed = 0;
      const work = wrap(() => new Observable(() => void (subscribed += 1)));
      probe.inTrace(() => work());
      await turns();
      assert.equal(subscribed, 0);
      probe.span('ok');
    },
  },
  {
    name: 'has a span for each subscription',
    async run(wrap, probe) {
      const work = wrap(() => of(1, 2));
      await probe.inTrace(async () => {
        const result = work();
        assert.deepEqual(await lastValueFrom(result.pipe(toArray())), [1, 2]);
        assert.equal(await lastValueFrom(result), 2);
      });
      probe.ended('ok', 'ok');
    },
  },
  {
    name: 'fails with an Observable',
    async run(wrap, probe) {
      const error = new Error('broken');
      const work = wrap(() => throwError(() => error));
      await rejectsWith(
        probe.inTrace(() => lastValueFrom(work())),
        error,
      );
      probe.failedWith(error);
    },
  },
  {
    name: 'is cancelled when it is unsubscribed, and unsubscribes the source',
    run(wrap, probe) {
      let torn = false;
      const work = wrap(() => new Observable(() => () => void (torn = true)));
      const subscription = probe.inTrace(() => work().subscribe());
      probe.open();
      subscription.unsubscribe();
      assert.ok(torn);
      probe.span('cancelled');
    },
  },
  {
    name: 'lets take(1) stop an endless synchronous source',
    async run(wrap, probe) {
      const work = wrap(() => range(0, Number.POSITIVE_INFINITY));
      assert.equal(await probe.inTrace(() => lastValueFrom(work().pipe(take(1)))), 0);
      probe.span('cancelled');
    },
  },
  {
    name: 'completes empty',
    run(wrap, probe) {
      const work = wrap(() => EMPTY);
      probe.inTrace(() => work().subscribe());
      probe.span('ok');
    },
  },
  {
    name: 'runs the source in the span, and what is piped behind it outside',
    run(wrap, probe) {
      const inside = wrap(() => 1);
      const outside = wrap((value: number) => value);
      const work = wrap(() => defer(() => of(inside())));
      probe.inTrace(() => work().pipe(map(outside)).subscribe());
      probe.nested(undefined, 0, undefined);
    },
  },
  {
    name: 'leaves a Subject whole: the same object, its state, its other subscribers',
    async run(wrap, probe) {
      const subject = new BehaviorSubject(1);
      const seen: number[] = [];
      subject.subscribe((value) => seen.push(value));
      const work = wrap(() => subject);
      const result = probe.inTrace(() => work());
      assert.equal(result, subject);
      const own: number[] = [];
      probe.inTrace(() => result.subscribe((value) => own.push(value)));
      result.next(2);
      assert.equal(subject.getValue(), 2);
      subject.complete();
      assert.deepEqual(
        [seen, own],
        [
          [1, 2],
          [1, 2],
        ],
      );
      assert.equal(Object.hasOwn(subject, 'subscribe'), false);
      probe.succeededWith(2);
    },
  },
  {
    name: 'leaves a subclass with private state whole',
    run(wrap, probe) {
      class Secret extends Observable<number> {
        readonly #value = 5;
        reveal(): number {
          return this.#value;
        }
      }
      const work = wrap(() => new Secret((subscriber) => subscriber.complete()));
      const result = probe.inTrace(() => work());
      assert.ok(result instanceof Secret);
      assert.equal(result.reveal(), 5);
      probe.inTrace(() => result.subscribe());
      probe.span('ok');
    },
  },
  {
    name: 'follows a Subject behind asObservable, and one that never ends',
    run(wrap, probe) {
      const subject = new Subject<number>();
      const hot = wrap(() => subject.asObservable());
      const never = wrap(() => NEVER);
      probe.inTrace(() => hot().subscribe());
      const subscription = probe.inTrace(() => never().subscribe());
      subject.next(1);
      subject.complete();
      subscription.unsubscribe();
      probe.ended('ok', 'cancelled');
    },
  },
];
