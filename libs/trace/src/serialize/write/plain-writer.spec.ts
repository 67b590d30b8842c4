import { createSerializer } from '../serializer.js';

const { json } = createSerializer();
const seen = (value: unknown): unknown => JSON.parse(json(value));
const explode = (): never => {
  throw new Error('user code was called');
};

class Tag {
  constructor(readonly name: string) {}
}

/** Defines a property during `work`. */
function during(holder: object, key: PropertyKey, property: PropertyDescriptor, work: () => void): void {
  Object.defineProperty(holder, key, { ...property, configurable: true });
  try {
    work();
  } finally {
    Reflect.deleteProperty(holder, key);
  }
}

describe('a value that the native writer can write as well', () => {
  const tag = new Tag('vip');
  it.each([
    ['instances', { tags: [tag, new Tag('lead')] }],
    ['an instance of a subclass', new (class Vip extends Tag {})('vip')],
    ['no prototype', Object.assign(Object.create(null) as object, { page: '2' })],
    ['one date', { at: new Date(0) }],
    ['many objects that hold objects, all of one size', Array.from({ length: 300 }, () => [{ a: { b: 1 } }])],
    ['keys that are data', Object.fromEntries(Array.from({ length: 4_900 }, (_, i) => [`id${i}`, i]))],
    ['alternating shapes', Array.from({ length: 500 }, (_, i) => (i % 3 ? { a: 1, b: 2 } : { b: 1, a: 2 }))],
    ['names and values', { name: 'Ana', fields: [{ name: 'city', value: 'Lima' }] }],
    ['the largest numbers', [Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, 1e21]],
  ])('is written the same: %s', (_, value) => expect(json(value)).toBe(JSON.stringify(value)));

  it('is written the same after thousands of shapes', () => {
    for (let i = 0; i < 10_000; i++) json({ [`k${i}`]: { [`n${i}`]: i } });
    const value = { k1: { n1: 'a' }, name: 'Ana' };
    expect(json(value)).toBe(JSON.stringify(value));
    expect(seen({ k1: { token: 'canary' } })).toEqual({ k1: { token: '[REDACTED]' } });
  });
});

describe('a value in which only the keys of some fields are secret', () => {
  const inner = Object.freeze({ token: 'canary', kept: Object.freeze([1, { deep: true }]) });
  const list = Object.freeze([inner, Object.freeze({ name: 'Ana' })]);
  it.each([
    ['at the root', { password: 'canary', a: 1 }, { password: '[REDACTED]', a: 1 }],
    [
      'deep inside, and several',
      { list, api_key: { any: 'canary' }, n: 1 },
      { list: [{ token: '[REDACTED]', kept: [1, { deep: true }] }, { name: 'Ana' }], api_key: '[REDACTED]', n: 1 },
    ],
    [
      'in an instance',
      { tag: Object.assign(new Tag('vip'), { secret: 'canary' }) },
      { tag: { name: 'vip', secret: '[REDACTED]' } },
    ],
    ['met twice', { a: { pin: 'canary' }, get: 1 }, { a: { pin: '[REDACTED]' }, get: 1 }],
    ['next to no value', { token: undefined, secret: null, password: true }, { secret: null, password: true }],
    [
      'with a getter',
      { password: Object.defineProperty({}, 'a', { get: explode, enumerable: true }) },
      { password: '[REDACTED]' },
    ],
  ])('hides them and keeps the rest: %s', (_, value, expected) => expect(seen(value)).toEqual(expected));

  it('hides them in one object at two places', () => {
    const login = { user: 'ana', password: 'canary' };
    const hidden = { user: 'ana', password: '[REDACTED]' };
    expect(seen({ first: login, all: [login, { login }] })).toEqual({
      first: hidden,
      all: [hidden, { login: hidden }],
    });
  });

  it('calls none of their code', () => {
    const odd = Object.assign([{ token: 'canary' }, 1], { [Symbol.iterator]: explode });
    Object.defineProperty(odd, 'total', { get: explode, enumerable: true });
    const holder = Object.defineProperty({ list: odd, pin: 'canary' }, Symbol('mark'), {
      get: explode,
      enumerable: true,
    });
    expect(seen(holder)).toEqual({ list: [{ token: '[REDACTED]' }, 1], pin: '[REDACTED]' });
  });

  it('treats __proto__ as plain data', () => {
    const value: unknown = JSON.parse('{"a":{"__proto__":{"token":"canary"}}}');
    expect(json(value)).toBe('{"a":{"__proto__":{"token":"[REDACTED]"}}}');
  });
});

describe('a value that the native writer cannot write', () => {
  it('checks each object of a shape for getters', () => {
    const alike = { id: 1, body: { text: 'a' } };
    const getter = Object.defineProperty({ ...alike }, 'body', { get: explode, enumerable: true });
    for (let i = 0; i < 1_000; i++) json([alike]);
    expect(seen([alike, getter])).toEqual([alike, { id: 1, body: '[Getter]' }]);
    const setter = Object.defineProperty([1], 0, { set: explode, enumerable: true, configurable: true });
    expect(seen([[1], setter])).toEqual([[1], ['[Getter]']]);
  });

  it('sees a toJSON that a class is given after its first instance', () => {
    expect(seen(new Tag('a'))).toEqual({ name: 'a' });
    during(Tag.prototype, 'toJSON', { value: explode }, () => expect(seen([new Tag('a')])).toEqual([{ name: 'a' }]));
    expect(seen(new Tag('a'))).toEqual({ name: 'a' });
  });

  it('does not trigger a proxy that a class inherits from', () => {
    const traps = { get: explode, has: explode, getPrototypeOf: explode, getOwnPropertyDescriptor: explode };
    const late = Object.create(Object.create(Object.prototype) as object) as object;
    expect(seen(Object.assign(late, { a: 1 }))).toEqual({ a: 1 });
    Object.setPrototypeOf(Object.getPrototypeOf(late) as object, new Proxy({}, { ...traps, ownKeys: explode }));
    expect(seen(late)).toEqual({ a: 1 });
  });

  it('does not call a getter that a hole would inherit', () => {
    const list = [1, , 3]; // eslint-disable-line no-sparse-arrays
    let written = '';
    during(Array.prototype, 1, { get: explode }, () => (written = json({ list })));
    expect(written).toBe('{"list":[1,"[1 empty]",3]}');
  });

  it.each([
    ['valueOf', Number(5)],
    ['toString', 'text'],
  ])('does not unbox with an own %s', (method, primitive) => {
    const boxed: unknown = Object.defineProperty(Object(primitive), method, { value: explode });
    expect(seen({ boxed })).toEqual({ boxed: primitive });
    expect(() => seen({ boxed: Object.setPrototypeOf(boxed, Object.prototype) })).not.toThrow('user code');
  });

  it('recognises a Map, a Set and an Error with any class name', () => {
    class Lead extends Map<string, number> {}
    class Leads extends Set<number> {}
    class LeadError extends Error {}
    expect(seen([new Lead([['a', 1]]), new Leads([1])])).toEqual([{ '[Map]': [['a', 1]] }, { '[Set]': [1] }]);
    expect(seen({ e: new LeadError('no') })).toMatchObject({ e: { name: 'LeadError', message: 'no' } });
  });

  it('finds an object again among many of its size', () => {
    const rows = Array.from({ length: 200 }, (_, i) => ({ row: { i: i % 10 } }));
    const again = seen({ rows, last: rows[150] }) as { last: unknown };
    expect(again.last).toBe('[Shared $.rows.150]');
  });
});

describe('without content', () => {
  const none = createSerializer({ redact: { content: 'none' } });
  /** Next to a map, which needs the general writer. */
  const otherwise = (value: unknown): unknown =>
    (JSON.parse(none.json({ map: new Map(), value })) as { value: unknown }).value;

  it.each([
    ['texts', ['', 'a', 'á€😀', '"\n', 'x'.repeat(30_000)]],
    ['numbers', [0, -1.5, 1e21, 4_111_111_111_111_111]],
    ['the rest', [true, false, null, new Date(0), new Date(8.64e15)]],
    ['fields with redacted values', { name: 'Ana', token: 'canary', pin: 1, none: undefined, tag: new Tag('vip') }],
    ['names and values', [{ name: 'password', value: 'canary' }, ['x-api-key', 'canary']]],
    ['a key that holds a secret', { 'Bearer abcdefghijkl': 1 }],
  ])('keeps kinds and sizes, as for any other value: %s', (_, value) =>
    expect(JSON.parse(none.json(value))).toEqual(otherwise(value)),
  );

  it('writes the length of a text', () =>
    expect(JSON.parse(none.json({ text: 'Hola', at: new Date(0), n: 1, ok: true, no: null }))).toEqual({
      text: '[string 4]',
      at: '[Date 24]',
      n: '[number]',
      ok: '[boolean]',
      no: null,
    }));
});
