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
  it('uses the first dialect that matches', () => {
    const dialects = [dialect('no', { match: () => false }), dialect('a', {}), dialect('b', {})];
    expect(identify(request, dialects)).toEqual({ dialect: 'a', messages: [{ contactId: 'a' }] });
  });

  it('returns nothing when no dialect matches', () => {
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

  it('converts values of a careless dialect to texts and leaves out the rest', () => {
    const answer = [
      { contactId: 42, message: { text: 'x' }, messageId: ' m ', type: null, direction: 'sideways' },
      undefined,
    ];
    expect(identify(request, [dialect('own', { extract: () => answer as never })]).messages).toEqual([
      { contactId: '42', messageId: 'm' },
      {},
    ]);
  });

  it('keeps media, edit and notices of an own dialect and leaves out invalid values', () => {
    const answer = {
      contactId: 'c',
      media: 'voice',
      edited: true,
      notices: [{ status: 'failed', code: 131047, reason: 'late', message_id: 'm' }, { code: 1 }, null],
    };
    const read = (over: object) =>
      identify(request, [dialect('own', { extract: () => [{ ...answer, ...over }] as never })]).messages;
    expect(read({})).toEqual([
      {
        contactId: 'c',
        media: 'voice',
        edited: true,
        notices: [{ status: 'failed', code: '131047', reason: 'late', message_id: 'm' }],
      },
    ]);
    expect(read({ media: 7, edited: 'yes', notices: 'none' })).toEqual([{ contactId: 'c', media: '7' }]);
  });

  it('opens an envelope and an envelope inside it, and stops at a bound', () => {
    const wrap = (inner: unknown) => ({
      Type: 'Notification',
      MessageId: 'out',
      TopicArn: 'a',
      Message: JSON.stringify(inner),
    });
    const read = (body: unknown) => identify({ ...request, body }, BUILT_IN_DIALECTS);
    const inner = {
      object: 'page',
      entry: [{ messaging: [{ sender: { id: 'P1' }, message: { mid: 'm', text: 'Hola' } }] }],
    };
    for (const body of [wrap(inner), wrap(wrap(inner))]) {
      expect(read(body)).toMatchObject({ dialect: 'messenger', messages: [{ contactId: 'P1', messageId: 'm' }] });
    }
    let deep: unknown = inner;
    for (let i = 0; i < 6; i++) deep = wrap(deep);
    expect(read(deep).dialect).toBe('sns');
  });

  describe('placeholders', () => {
    const names = (body: unknown) => identify({ ...request, body }, BUILT_IN_DIALECTS).placeholders;

    it('names fields that contain only a placeholder', () => {
      expect(names({ contact: { id: '{{contact.id}}' }, list: ['{{ a }}'], message: 'Hola' })).toEqual([
        'contact.id',
        'list[0]',
      ]);
      expect(names({ contactId: 'c', message: 'Hola' })).toBeUndefined();
    });

    it('treats braces as text where a person wrote them, and as a placeholder where a tool did', () => {
      expect(names({ contactId: 'c', message: 'what is {{name}}?' })).toBeUndefined();
      expect(names({ contactId: 'c', direction: 'outbound', message: 'Hola {{contact.name}}' })).toEqual(['message']);
      expect(names({ contact_id: 'c', location: { id: 'l' }, message: 'Hola {{contact.name}}' })).toEqual(['message']);
    });

    it('reads 300 fields, four levels deep, and returns ten names at most', () => {
      expect(
        names({ contactId: 'c', ...Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`f${i}`, '{{x}}'])) }),
      ).toHaveLength(10);
      expect(names({ contactId: 'c', a: { b: { c: { d: { e: '{{x}}' } } } } })).toBeUndefined();
      expect(names({ contactId: 'c', many: Array(1_000).fill('x'), last: '{{x}}' })).toBeUndefined();
    });
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
