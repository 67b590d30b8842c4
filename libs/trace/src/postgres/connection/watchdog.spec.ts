import { Watchdog } from './watchdog.js';

describe('Watchdog', () => {
  it('waits for a statement that is slow while the server answers', async () => {
    let asked = 0;
    let finish: (value: string) => void = () => undefined;
    const slow = new Promise<string>((resolve) => (finish = resolve));
    const dog = new Watchdog(async () => {
      if ((asked += 1) === 2) finish('done');
    });
    expect(await dog.guard(slow)).toBe('done');
  });

  it('ends the wait of all statements, when the server does not answer', async () => {
    const dog = new Watchdog(() => Promise.reject(new Error('gone')));
    const never = (): Promise<void> => new Promise(() => undefined);
    const results = await Promise.allSettled([dog.guard(never()), dog.guard(never())]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  it('rejects with what the statement rejects with', async () => {
    const failure = new Error('of the statement');
    await expect(new Watchdog(() => Promise.resolve()).guard(Promise.reject(failure))).rejects.toBe(failure);
  });
});
