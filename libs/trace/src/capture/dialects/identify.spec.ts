import { jest } from '@jest/globals';
import { BUILT_IN_DIALECTS } from './built-in.js';
import type { Dialect, WebhookRequest } from './dialect.js';
import { identify } from './identify.js';

const request: WebhookRequest = {
  method: 'POST',
  path: '/webhook',
  headers: {},
  body: { contactId: 'c1', body: 'hi' },
};
const dialect = (name: string, over: Partial<Dialect>): Dialect => ({
  name,
  match: () => true,
  extract: () => [{ contactId: name }],
  ...over,
});

describe('identify', () => {
  it('lets the first dialect that matches answer', () => {
    const dialects = [dialect('no', { match: () => false }), dialect('a', {}), dialect('b', {})];
    expect(identify(request, dialects)).toEqual({ dialect: 'a', messages: [{ contactId: 'a' }] });
  });

  it('answers nothing when none matches', () => {
    expect(identify(request, [])).toEqual({ dialect: undefined, messages: [] });
  });

  it.each([
    ['match', { match: () => explode() }],
    ['extract', { extract: () => explode() }],
    ['an answer that is no list', { extract: () => 7 as never }],
  ])('skips and reports a dialect that fails: %s', (_, over) => {
    const onError = jest.fn();
    expect(identify(request, [dialect('bad', over), dialect('good', {})], onError).dialect).toBe('good');
    expect(onError).toHaveBeenCalledTimes(1);
    expect(onError).toHaveBeenCalledWith('bad', expect.any(Error));
  });

  it('survives a listener that throws', () => {
    expect(identify(request, [dialect('bad', { match: () => explode() })], explode)).toEqual({
      dialect: undefined,
      messages: [],
    });
  });

  it('turns what a careless dialect answers into texts, and leaves out what is none', () => {
    const answer = [
      { contactId: 42, message: { text: 'x' }, messageId: ' m ', type: null, direction: 'sideways' },
      undefined,
    ];
    expect(identify(request, [dialect('own', { extract: () => answer as never })]).messages).toEqual([
      { contactId: '42', messageId: 'm' },
      {},
    ]);
  });

  it('survives hostile bodies with every built-in dialect', () => {
    const trap = new Proxy({}, { has: explode, get: explode, getOwnPropertyDescriptor: explode, ownKeys: explode });
    for (const body of [undefined, null, 0, '', 'text', [], [null], {}, trap, { entry: trap }, Object.create(null)]) {
      for (const query of [undefined, {}, { a: '1' }]) {
        expect(() => identify({ ...request, body, query }, BUILT_IN_DIALECTS)).not.toThrow();
      }
    }
  });
});

function explode(): never {
  throw new Error('no');
}
