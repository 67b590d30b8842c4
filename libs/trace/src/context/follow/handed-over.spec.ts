import { EventEmitter } from 'node:events';
import { bufferTime, lastValueFrom, mergeMap, Subject, take } from 'rxjs';
import { MemoryRecorder } from '../../testing/memory-recorder.js';
import { bindTrace, runInTrace } from '../functions/run-in-trace.js';
import { registerRecorder } from '../trace-context.js';
import { currentTrace, traceCarrier } from '../functions/trace-functions.js';

/** Where AsyncLocalStorage loses the trace or has another's, `bindTrace` and carriers have the right one. */
describe('work that runs later', () => {
  let recorder: MemoryRecorder;
  let unregister: () => void;
  beforeEach(() => {
    recorder = new MemoryRecorder();
    unregister = registerRecorder(recorder);
  });
  afterEach(() => unregister());

  const contact = (): string | undefined => contactOf(currentTrace()?.traceId);

  /** The owner of the trace, also of a carrier: the memory recorder numbers traces in the order of their starts. */
  function contactOf(traceId: string | undefined): string | undefined {
    const start = traceId === undefined ? undefined : recorder.starts[Number(traceId.slice('trace-'.length)) - 1];
    return start && 'trace_id' in start ? contactOf(start.trace_id) : start?.contactId;
  }

  const inTrace = <R>(contactId: string, fn: () => R): R => runInTrace({ contactId }, fn);

  it('a listener of a shared emitter runs in the caller’s trace; bound, in its own', () => {
    const emitter = new EventEmitter();
    const heard: (string | undefined)[] = [];
    inTrace('first', () =>
      emitter
        .on('x', () => heard.push(contact()))
        .on(
          'x',
          bindTrace(() => heard.push(contact())),
        ),
    );
    inTrace('second', () => emitter.emit('x'));
    expect(heard).toEqual(['second', 'first']);
  });

  it('a pool calls back in no trace, or another’s; bound, in its own', async () => {
    const waiting: (() => void)[] = [];
    const heard: (string | undefined)[] = [];
    inTrace(
      'first',
      () =>
        void waiting.push(
          () => heard.push(contact()),
          bindTrace(() => heard.push(contact())),
        ),
    );
    inTrace('second', () => waiting.forEach((call) => call()));
    waiting.forEach((call) => call());
    expect(heard).toEqual(['second', 'first', undefined, 'first']);
  });

  it('a queue that a loop drains: each item runs in its carrier’s trace', async () => {
    const queue = ['a', 'b', 'c'].map((id) => inTrace(id, () => ({ id, trace: traceCarrier()! })));
    const seen: unknown[] = [];
    for (const { id, trace } of queue) {
      expect(contact()).toBeUndefined();
      await runInTrace(trace, async () => {
        await Promise.resolve();
        seen.push([id, contact()]);
      });
    }
    expect(seen).toEqual(['a', 'b', 'c'].map((id) => [id, id]));
  });

  it('a batch of several traces runs in the trace that made it; each part in its own', async () => {
    const batch: (() => string | undefined)[] = [];
    let loaded: Promise<unknown[]> | undefined;
    // Like a DataLoader: the first call of a turn schedules the load of all.
    const load = () => {
      batch.push(bindTrace(contact));
      loaded ??= Promise.resolve().then(() => [contact(), ...batch.map((part) => part())]);
      return loaded;
    };
    const results = await Promise.all([inTrace('first', load), inTrace('second', load)]);
    expect(results[0]).toEqual(['first', 'first', 'second']);
    expect(results[1]).toBe(results[0]);
  });

  it('a memoised promise works in the trace that started it, and continues in each that awaits it', async () => {
    let memo: Promise<string | undefined> | undefined;
    const expensive = () => (memo ??= Promise.resolve().then(contact));
    const ask = async () => [await expensive(), contact()];
    expect(await Promise.all([inTrace('first', ask), inTrace('second', ask)])).toEqual([
      ['first', 'first'],
      ['first', 'second'],
    ]);
  });

  it('one stream for many requests: bufferTime and mergeMap run in no trace or another one; bound functions run in their own', async () => {
    const shared = new Subject<{ who: string; ask: () => string | undefined }>();
    const buffered = lastValueFrom(
      shared.pipe(
        bufferTime(5),
        take(1),
        mergeMap(async (items) => items.map(({ who, ask }) => [who, contact(), ask()])),
      ),
    );
    for (const who of ['first', 'second']) inTrace(who, () => shared.next({ who, ask: bindTrace(contact) }));
    expect(await buffered).toEqual([
      ['first', undefined, 'first'],
      ['second', undefined, 'second'],
    ]);
  });
});
