import { jest } from '@jest/globals';
import { setTimeout as wait } from 'node:timers/promises';
import { MemoryRecorder } from '../testing/memory-recorder.js';
import { currentRef, currentStore, registerRecorder, runInStore, runWith, UNTRACED } from './trace-context.js';
import { NOTHING } from './recorder.js';

describe('the context', () => {
  const ref = { recorder: new MemoryRecorder(), key: 'k' };

  it('follows promises and timers, and ends with its function', async () => {
    const seen = await runWith(ref, async () => {
      await wait(1);
      return currentRef();
    });
    expect(seen).toBe(ref);
    expect(currentRef()).toBeUndefined();
  });

  it('keeps concurrent work separate', async () => {
    const keys = await Promise.all(
      ['a', 'b', 'c'].map((key) =>
        runWith({ ...ref, key }, async () => {
          await wait(1);
          return currentRef()?.key;
        }),
      ),
    );
    expect(keys).toEqual(['a', 'b', 'c']);
  });

  it('is restored after an error', () => {
    expect(() =>
      runWith(ref, () => {
        throw new Error('x');
      }),
    ).toThrow('x');
    expect(currentRef()).toBeUndefined();
  });

  it('can be disabled, and a trace that opens inside is recorded', () => {
    runWith(ref, () =>
      runInStore(UNTRACED, () => {
        expect([currentRef(), currentStore() === UNTRACED]).toEqual([undefined, true]);
        runWith(ref, () => expect([currentRef(), currentStore() === UNTRACED]).toEqual([ref, false]));
      }),
    );
    expect([currentStore(), currentStore() === UNTRACED]).toEqual([undefined, false]);
  });

  it('is shared by two copies of the package', async () => {
    jest.resetModules();
    const copy = await import('./trace-context.js');
    const { NOTHING: copied } = await import('./recorder.js');
    expect(copy.currentRef).not.toBe(currentRef);
    runWith(ref, () => expect(copy.currentRef()).toBe(ref));
    copy.runInStore(copy.UNTRACED, () => expect(currentStore() === UNTRACED).toBe(true));
    const unregister = copy.registerRecorder(ref.recorder);
    const { activeRecorder } = await import('./trace-context.js');
    expect(activeRecorder()).toBe(ref.recorder);
    unregister();
    expect(copied).toBe(NOTHING);
    registerRecorder(ref.recorder)();
    expect(copy.activeRecorder()).toBeUndefined();
  });
});
