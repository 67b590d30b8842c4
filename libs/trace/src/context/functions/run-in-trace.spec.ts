import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { EventEmitter, once } from 'node:events';
import { lastValueFrom, timer } from 'rxjs';
import { rejectsWith, turns, unhandledDuring } from '../../testing/conformance/functions/conformance-case.js';
import { MemoryRecorder } from '../../testing/memory-recorder.js';
import { bindTrace, runInTrace, waitUntil } from './run-in-trace.js';
import { markUnderTest, unplacedCalls } from '../applications.js';
import { registerRecorder, runInStore, runWith, UNTRACED } from '../trace-context.js';
import { currentTrace, traceCarrier } from './trace-functions.js';

describe('runInTrace', () => {
  let recorder: MemoryRecorder;
  let unregister: () => void;
  beforeEach(() => {
    recorder = new MemoryRecorder();
    unregister = registerRecorder(recorder);
  });
  afterEach(() => unregister());

  it('runs in a new trace and returns the function’s result', () => {
    const start = { contactId: 'c1', message: 'hola', type: 'cron' };
    expect(runInTrace(start, () => currentTrace()?.traceId)).toBe('trace-1');
    expect(recorder.starts).toEqual([start]);
    expect(currentTrace()).toBeUndefined();
    expect(recorder.holds).toEqual([]);
  });

  it('holds the trace until a promise settles, and returns that promise', async () => {
    const promise = turns(1);
    const result = runInTrace({}, () => promise);
    expect(result).toBe(promise);
    expect(recorder.holds).toEqual(['trace-1']);
    await result;
    expect(recorder.holds).toEqual([]);
  });

  it('holds the trace while an Observable is subscribed and a generator is read', async () => {
    const values = runInTrace({}, () => timer(0));
    const reading = lastValueFrom(values);
    expect(recorder.holds).toHaveLength(1);
    await reading;
    const generator = runInTrace({}, function* () {
      yield currentTrace()?.traceId;
    });
    expect(generator.next().value).toBe('trace-2');
    expect(recorder.holds).toHaveLength(1);
    generator.return(undefined);
    expect(recorder.holds).toEqual([]);
  });

  it('records an error and rethrows it', async () => {
    const error = new Error('broken');
    expect(() =>
      runInTrace({}, () => {
        throw error;
      }),
    ).toThrow(error);
    await rejectsWith(
      runInTrace({}, async () => {
        throw error;
      }),
      error,
    );
    expect(recorder.errors.map(({ trace, location, error: thrown }) => [trace, location, thrown])).toEqual([
      ['trace-1', 'runInTrace', error],
      ['trace-2', 'runInTrace', error],
    ]);
    expect(recorder.holds).toEqual([]);
  });

  it('continues the trace of a carrier that was serialized to JSON', () => {
    const carrier = runInTrace({ contactId: 'c1' }, () => JSON.parse(JSON.stringify(traceCarrier())));
    runInTrace(carrier, () => undefined);
    expect(recorder.starts[1]).toEqual(carrier);
  });

  it('traces inside untraced work: the inner setting wins', () => {
    expect(runInStore(UNTRACED, () => runInTrace({}, () => currentTrace()?.traceId))).toBe('trace-1');
  });

  describe('with two applications in the process', () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const second = new MemoryRecorder();
    let away: () => void;
    beforeEach(() => (away = registerRecorder(second)));
    afterEach(() => away());

    it('records nothing outside a trace, counts the call and logs the fix once', () => {
      const before = unplacedCalls();
      expect([runInTrace({}, () => 1), runInTrace({}, () => 2)]).toEqual([1, 2]);
      expect([second.starts.length, recorder.starts.length]).toEqual([0, 0]);
      expect(unplacedCalls() - before).toBe(2);
      expect(warn.mock.calls).toEqual([
        [expect.stringMatching(/2 applications.*TraceService and call its runInTrace/)],
      ]);
    });

    it('stays in the application of the trace it is called in', () => {
      runWith({ recorder: second, key: 'x' }, () => runInTrace({}, () => undefined));
      expect([second.starts.length, recorder.starts.length]).toEqual([1, 0]);
    });

    it('records again after the other one closes', () => {
      away();
      away();
      runInTrace({}, () => undefined);
      expect(recorder.starts.length).toBe(1);
    });

    it('uses the newest of several under test', () => {
      [recorder, second].forEach(markUnderTest);
      runInTrace({}, () => undefined);
      expect([second.starts.length, recorder.starts.length]).toEqual([2, 0]);
    });
  });

  it('accepts any start', () => {
    for (const junk of [undefined, null, 5, 'text', []]) expect(runInTrace(junk as never, () => 1)).toBe(1);
    expect(runInTrace({}, undefined as never)).toBeUndefined();
  });

  it('runs the function when the recorder is broken', () => {
    recorder.startTrace = () => {
      throw new Error('defect');
    };
    expect(runInTrace({}, () => 5)).toBe(5);
    expect(recorder.internalErrors).toHaveLength(1);
  });
});

describe('bindTrace', () => {
  it('keeps the context for an emitter that other code drives', async () => {
    const emitter = new EventEmitter();
    const recorder = new MemoryRecorder();
    const unregister = registerRecorder(recorder);
    const seen: unknown[] = [];
    runInTrace({}, () =>
      emitter.on(
        'message',
        bindTrace(() => void seen.push(currentTrace()?.traceId)),
      ),
    );
    emitter.on(
      'message',
      bindTrace(() => void seen.push(currentTrace()?.traceId)),
    );
    emitter.emit('message');
    runInTrace({}, () => emitter.emit('message'));
    unregister();
    expect(seen).toEqual(['trace-1', undefined, 'trace-1', undefined]);
  });

  it('returns a function like the given one: this, arguments, result, name, length, error', () => {
    const error = new Error('through');
    function callback(this: unknown, a: unknown, fail: boolean) {
      if (fail) throw error;
      return [this, a];
    }
    const bound = bindTrace(callback as (a: unknown, fail: boolean) => unknown);
    expect([bound.name, bound.length]).toEqual(['callback', 2]);
    expect(bound.call(7 as never, 1, false)).toEqual([7, 1]);
    expect(() => bound(1, true)).toThrow(error);
    expect(bindTrace(undefined as never)).toBeUndefined();
  });
});

describe('waitUntil', () => {
  const recorder = new MemoryRecorder();
  const ref = { recorder, key: 'held' };
  const inTrace = <R>(fn: () => R): R => runWith(ref, fn);
  afterEach(() => {
    recorder.errors.length = 0;
  });

  it('holds the trace until the promise settles, and leaves the promise unchanged', async () => {
    const emitter = new EventEmitter();
    const promise = once(emitter, 'done');
    const keys = Object.getOwnPropertyNames(promise);
    inTrace(() => waitUntil(promise));
    expect(recorder.holds).toEqual(['held']);
    expect(Object.getOwnPropertyNames(promise)).toEqual(keys);
    emitter.emit('done', 1);
    await expect(promise).resolves.toEqual([1]);
    expect(recorder.holds).toEqual([]);
  });

  it('records a rejection, which the caller still has to handle, before or after', async () => {
    const error = new Error('background');
    const reported = await unhandledDuring(async () => {
      const before = Promise.reject(error);
      before.catch(() => undefined);
      inTrace(() => waitUntil(before));
      await turns(1);
      const after = Promise.reject(error);
      inTrace(() => waitUntil(after));
      await rejectsWith(after, error);
    });
    expect(reported).toEqual([]);
    expect(recorder.errors.map(({ location }) => location)).toEqual(['waitUntil', 'waitUntil']);
    expect(recorder.holds).toEqual([]);
  });

  it('does nothing with a value that does not settle, and nothing outside a trace', () => {
    inTrace(() => {
      for (const junk of [undefined, null, 5, 'text', {}, () => 1]) waitUntil(junk as never);
    });
    waitUntil(Promise.resolve());
    expect(recorder.holds).toEqual([]);
  });
});

describe('without the module', () => {
  it('every function only calls the given function', async () => {
    expect(runInTrace({}, () => currentTrace())).toBeUndefined();
    expect(bindTrace((a: number) => a)(1)).toBe(1);
    const error = new Error('mine');
    expect(await unhandledDuring(() => waitUntil(Promise.reject(error)))).toEqual([error]);
    expect(traceCarrier()).toBeUndefined();
  });
});
