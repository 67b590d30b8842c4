import { EventEmitter } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { createSerializer } from './serializer.js';

const { json, text } = createSerializer();
const seen = (value: unknown): unknown => JSON.parse(json(value));

class Lead {
  name = 'Ana';
  get score(): never {
    throw new Error('a getter was called');
  }
}
class Empty {}
function work() {}
function explode(): never {
  throw new Error('user code was called');
}

describe('values without a JSON form', () => {
  it.each([
    ['undefined', undefined, '[undefined]'],
    ['NaN', Number.NaN, '[NaN]'],
    ['Infinity', -Infinity, '[-Infinity]'],
    ['a bigint', 12n, '12n'],
    ['a huge bigint', 2n ** 100_000n, '[BigInt over 2048 bits]'],
    ['a symbol', Symbol('s'), 'Symbol(s)'],
    ['a function', work, '[Function work]'],
    ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['an invalid date', new Date(Number.NaN), '[Invalid Date]'],
    ['a RegExp', /a+/gi, '/a+/gi'],
    ['a Buffer', Buffer.alloc(1234), '[Buffer 1234 bytes]'],
    ['a typed array', new Float64Array(8), '[Float64Array 8]'],
    ['an ArrayBuffer', new ArrayBuffer(8), '[ArrayBuffer 8 bytes]'],
    ['a DataView', new DataView(new ArrayBuffer(8)), '[DataView 8 bytes]'],
    ['a Promise', Promise.resolve(1), '[Promise]'],
    ['a WeakMap', new WeakMap(), '[WeakMap]'],
    ['a URL', new URL('https://a.b/c?d=e'), 'https://a.b/c?d=e'],
    ['a boxed string', Object('x'), 'x'],
    ['a boxed number', Object(7), 7],
    [
      'a Map',
      new Map<unknown, unknown>([
        ['a', 1],
        [2, { b: 3 }],
      ]),
      {
        '[Map]': [
          ['a', 1],
          [2, { b: 3 }],
        ],
      },
    ],
    ['a Set', new Set([1, 'x']), { '[Set]': [1, 'x'] }],
    ['an instance', new Lead(), { name: 'Ana' }],
    ['an instance without visible fields', new Empty(), '[Empty]'],
    ['an object without prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    ['a stream', new PassThrough(), '[PassThrough]'],
    ['a socket', new Socket(), '[Socket]'],
    ['an emitter', new EventEmitter(), expect.objectContaining({ _eventsCount: 0 })],
    ['half a surrogate pair', 'a\ud800b', 'a\ufffdb'],
    ['fields without a value', { a: undefined, b: null }, { b: null }],
    ['holes', [1, , , 2], [1, '[2 empty]', 2]], // eslint-disable-line no-sparse-arrays
    ['a list with undefined', [undefined], ['[undefined]']],
    ['a list with extra fields', Object.assign([1], { extra: 2 }), [1]],
  ])('describes %s', (_, value, expected) => {
    expect(seen(value)).toEqual(expected);
    expect(seen({ nested: [value] })).toEqual({ nested: [value === undefined ? '[undefined]' : expected] });
  });

  it('keeps the sign of zero', () => expect(json([-0])).toBe('[-0]'));

  it('names a request and does not open it', () => {
    const request = new IncomingMessage(new Socket());
    request.method = 'POST';
    request.url = '/webhook?token=hunter2secret';
    expect(seen({ request })).toEqual({ request: '[IncomingMessage POST /webhook?token=[REDACTED]]' });
    expect(seen({ response: new ServerResponse(request) })).toEqual({ response: '[ServerResponse 200]' });
  });

  it('shows an error with its cause and its own fields', () => {
    class QuotaError extends Error {
      code = 'QUOTA';
    }
    const error = new QuotaError('no more', { cause: new TypeError('inner') });
    expect(seen({ error })).toEqual({
      error: {
        name: 'QuotaError',
        message: 'no more',
        stack: expect.stringContaining('serializer.spec'),
        cause: { name: 'TypeError', message: 'inner', stack: expect.any(String) },
        code: 'QUOTA',
      },
    });
  });
});

describe('references', () => {
  it('names the path of the object that a cycle repeats', () => {
    const contact: Record<string, unknown> = { id: 'c' };
    contact.self = contact;
    expect(seen({ contact })).toEqual({ contact: { id: 'c', self: '[Circular $.contact]' } });
  });

  it('writes an object that holds objects once, a flat one each time', () => {
    const leaf = { id: 'c' };
    const holder = { leaf };
    expect(seen({ a: holder, b: holder })).toEqual({ a: { leaf }, b: '[Shared $.a]' });
    expect(seen({ a: leaf, b: leaf })).toEqual({ a: leaf, b: leaf });
  });

  it('writes the same with and without other special values', () => {
    const leaf = { id: 'c' };
    const holder = { leaf };
    const value = { a: holder, b: holder, c: leaf, d: leaf };
    const { odd, ...rest } = seen({ ...value, odd: 1n }) as Record<string, unknown>;
    expect(odd).toBe('1n');
    expect(rest).toEqual(seen(value));
  });
});

describe('code of the application', () => {
  const trap = new Proxy(
    {},
    { get: explode, has: explode, ownKeys: explode, getPrototypeOf: explode, getOwnPropertyDescriptor: explode },
  );
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();

  it.each([
    ['a getter', Object.defineProperty({}, 'a', { get: explode, enumerable: true }), { a: '[Getter]' }],
    ['a getter in a list', Object.defineProperty([0], 0, { get: explode, enumerable: true }), ['[Getter]']],
    ['toJSON', { a: 1, toJSON: explode }, { a: 1, toJSON: '[Function explode]' }],
    ['inherited toJSON', Object.assign(Object.create({ toJSON: explode }), { a: 1 }), { a: 1 }],
    ['a proxy', trap, '[Proxy]'],
    ['a revoked proxy', revoked.proxy, '[Proxy]'],
    ['a proxy of a function', new Proxy(explode, {}), '[Proxy]'],
    ['a proxy as prototype', Object.assign(Object.create(trap), { a: 1 }), { a: 1 }],
    ['toString and valueOf', { toString: explode, valueOf: explode }, expect.anything()],
    [
      'a date with its own toISOString',
      Object.assign(new Date(0), { toISOString: explode }),
      '1970-01-01T00:00:00.000Z',
    ],
    [
      'a date with its own toJSON',
      { at: Object.assign(new Date(0), { toJSON: explode }) },
      { at: '1970-01-01T00:00:00.000Z' },
    ],
    ['a Map with its own iterator', Object.assign(new Map(), { entries: explode, forEach: explode }), { '[Map]': [] }],
    [
      'an error with a getter for its message',
      Object.defineProperty(new Error('x'), 'message', { get: explode }),
      expect.anything(),
    ],
    ['a tag', { get [Symbol.toStringTag]() { return explode(); } }, {}], // prettier-ignore
  ])('is not called: %s', (_, value, expected) => expect(seen(value)).toEqual(expected));

  it('survives a prepareStackTrace that throws', () => {
    const { prepareStackTrace } = Error;
    Error.prepareStackTrace = explode;
    try {
      expect(seen(new Error('x'))).toMatchObject({ name: 'Error', message: 'x' });
    } finally {
      Error.prepareStackTrace = prepareStackTrace;
    }
  });

  it('may itself record while a stack is formatted', () => {
    const { prepareStackTrace } = Error;
    Error.prepareStackTrace = () => json({ inner: [{ a: 1n }] });
    try {
      const thrown = new Error('x');
      expect(seen({ before: { b: 1n }, thrown, after: [1] })).toMatchObject({
        before: { b: '1n' },
        thrown: { message: 'x', stack: '{"inner":[{"a":"1n"}]}' },
        after: [1],
      });
    } finally {
      Error.prepareStackTrace = prepareStackTrace;
    }
  });

  it('is not changed', () => {
    const value = Object.freeze({ list: Object.freeze([Object.freeze({ password: 'p', a: [1] })]) });
    const before = JSON.stringify(value);
    seen(value);
    expect(JSON.stringify(value)).toBe(before);
  });
});

describe('text', () => {
  it.each([
    ['hola', 'hola'],
    [undefined, 'undefined'],
    [null, 'null'],
    [5, '5'],
    [Symbol('s'), 'Symbol(s)'],
    [{ a: 1 }, '{"a":1}'],
  ])('shows %p', (value, expected) => expect(text(value)).toBe(expected));

  it('is truncated with a note, between characters', () => {
    expect(text('x'.repeat(30), 10)).toBe('xxxxxxxxxx…[+20 chars]');
    expect(text(`${'x'.repeat(9)}😀${'y'.repeat(9)}`, 10)).toBe('xxxxxxxxx…[+10 chars]');
  });
});
