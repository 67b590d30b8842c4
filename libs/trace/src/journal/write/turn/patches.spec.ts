import { Patches } from './patches.js';

class Sender {
  sent: unknown[] = [];
  send(...what: unknown[]): number {
    return this.sent.push(...what);
  }
}

describe('Patches', () => {
  let calls: number;
  let patches: Patches;
  beforeEach(() => {
    calls = 0;
    patches = new Patches(() => (calls += 1));
  });

  it('calls the function before the method, which stays as it was for its callers', () => {
    const original = Object.getOwnPropertyDescriptor(Sender.prototype, 'send');
    patches.before(Sender.prototype, 'send');
    const sender = new Sender();
    expect([sender.send('a', 'b'), calls, sender.sent]).toEqual([2, 1, ['a', 'b']]);
    expect([Sender.prototype.send.name, Sender.prototype.send.length]).toEqual(['send', 0]);
    patches.remove();
    expect(Object.getOwnPropertyDescriptor(Sender.prototype, 'send')).toEqual(original);
  });

  it('only passes on when another library has patched the method since', () => {
    const own = new Sender();
    patches.before(own, 'send');
    const ours = own.send;
    own.send = (...what) => ours.apply(own, what);
    patches.remove();
    own.send('a');
    expect([calls, own.sent]).toEqual([0, ['a']]);
  });

  it('leaves objects without the method, and frozen ones', () => {
    const frozen = Object.freeze({ send: () => 1 });
    patches.before(frozen, 'send');
    patches.before({}, 'send');
    patches.before(undefined, 'send');
    expect([frozen.send(), calls]).toEqual([1, 0]);
  });
});
