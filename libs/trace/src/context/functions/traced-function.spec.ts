import { Readable } from 'node:stream';
import { of } from 'rxjs';
import { Probe } from '../../testing/conformance/functions/conformance-case.js';
import { outputOf } from '../../testing/memory-recorder.js';
import { NOTHING } from '../recorder.js';
import { traced } from './traced-function.js';
import { Traced } from '../decorators/traced.decorator.js';

describe('input and output', () => {
  it('are the argument, the array of arguments, or nothing; and the result', () => {
    const probe = new Probe();
    const work = traced((...args: unknown[]) => args.length);
    probe.inTrace(() => [work(), work('a'), work(undefined), work('a', 'b')]);
    expect(probe.recorder.spans.map(({ input }) => input)).toEqual([NOTHING, 'a', undefined, ['a', 'b']]);
    expect(probe.recorder.spans.map(outputOf)).toEqual([0, 1, 1, 2]);
  });

  it('are not recorded when they are disabled', () => {
    const probe = new Probe();
    const work = traced((secret: string) => secret, { input: false, output: false });
    probe.inTrace(() => work('secret'));
    expect([probe.recorder.spans[0]?.input, outputOf(probe.recorder.spans[0])]).toEqual([NOTHING, NOTHING]);
  });

  it('are the result of a function, which gets the value of a promise', async () => {
    const probe = new Probe();
    const work = traced(async (a: number, b: number) => a + b, {
      input: (a, b) => ({ a, b }),
      output: (sum) => `sum ${sum}`,
    });
    await probe.inTrace(() => work(1, 2));
    expect([probe.recorder.spans[0]?.input, outputOf(probe.recorder.spans[0])]).toEqual([{ a: 1, b: 2 }, 'sum 3']);
  });

  it('accept functions without annotations on a decorator', () => {
    class Scorer {
      @Traced({ input: (lead) => lead.id, output: (score) => score.value }) score(lead: { id: string }) {
        return { value: lead.id.length };
      }
    }
    const probe = new Probe();
    probe.inTrace(() => new Scorer().score({ id: 'c1' }));
    expect([probe.recorder.spans[0]?.input, outputOf(probe.recorder.spans[0])]).toEqual(['c1', 2]);
  });

  it('are absent when that function fails, now or later, and the application is unaffected', async () => {
    const probe = new Probe();
    const error = new Error('mapper');
    const work = traced((a: number) => a, {
      input: () => {
        throw error;
      },
      output: () => Promise.reject(error),
    });
    expect(probe.inTrace(() => work(1))).toBe(1);
    await Promise.resolve();
    expect([probe.recorder.spans[0]?.input, outputOf(probe.recorder.spans[0])]).toEqual([NOTHING, NOTHING]);
    expect(probe.recorder.internalErrors).toEqual([
      { where: 'input of anonymous', error },
      { where: 'output of anonymous', error },
    ]);
  });

  it('records the kind of the result', async () => {
    const probe = new Probe();
    const run = <R>(fn: () => R): R => probe.inTrace(() => traced(fn)());
    run(() => 1);
    run(() => ({ a: 1 }));
    await run(async () => 1);
    await run(() => Promise.resolve(1));
    for (const _ of run(function* () {})) void _;
    of(1).subscribe();
    run(() => of(1)).subscribe();
    for await (const _ of run(() => Readable.from(['a']))) void _;
    for await (const _ of await run(async () => Readable.from(['a']))) void _;
    expect(probe.recorder.spans.map(({ outcome }) => outcome?.shape)).toEqual([
      undefined,
      undefined,
      'promise',
      'promise',
      'iterator',
      'observable',
      'stream',
      'stream',
    ]);
  });

  it('ignores unknown options', () => {
    const probe = new Probe();
    for (const junk of [null, 5, [], 'name', { kind: 'bogus', name: 7, input: 'yes' }]) {
      probe.inTrace(() => traced(() => 1, junk as never)());
    }
    expect(probe.recorder.spans.map(({ kind }) => kind)).toEqual(Array(5).fill('step'));
    expect(traced(undefined as never)).toBeUndefined();
  });
});
