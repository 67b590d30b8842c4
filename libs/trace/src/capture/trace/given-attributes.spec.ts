import { createSerializer } from '../../serialize/serializer.js';
import { addAttributes } from './given-attributes.js';

const serializer = createSerializer();
const add = (before: Parameters<typeof addAttributes>[0], given: unknown): string =>
  JSON.stringify(addAttributes(before, given, serializer));

describe('attributes that are added', () => {
  it.each([
    ['come behind those before', { a: 1 }, { b: 'x', c: true }, '{"a":1,"b":"x","c":true}'],
    ['replace those before, in their place', { a: 1, b: 2 }, { a: 'new' }, '{"a":"new","b":2}'],
    ['may be none', { a: 1 }, {}, '{"a":1}'],
    ['may be the first', undefined, { a: 1 }, '{"a":1}'],
    ['are numbers, texts and truth values only', {}, { a: [1], b: {}, c: null, d: Number.NaN, e: 0 }, '{"e":0}'],
    [
      'are redacted by their names, also numbers',
      { a: 1 },
      { password: 'hunter22', 'db.password': 123456, ok: 1 },
      '{"a":1,"password":"[REDACTED]","db.password":"[REDACTED]","ok":1}',
    ],
    ['do not reach the prototype', { a: 1 }, JSON.parse('{"__proto__":"x","b":2}'), '{"a":1,"b":2}'],
    ['have at most 200 characters', {}, { long: 'x'.repeat(300) }, JSON.stringify({ long: 'x'.repeat(200) })],
  ])('%s', (_, before, given, expected) => expect(add(before, given)).toBe(expected));

  it('are redacted by what they contain, in names too', () => {
    const token = `ghp_${'a1B2'.repeat(9)}`;
    const text = add({ before: 1 }, { note: `with ${token}`, [`for ${token}`]: 1, last: 2 });
    expect(text).not.toContain(token);
    expect(Object.keys(JSON.parse(text) as object)).toHaveLength(4);
    expect(text).toContain('"last":2');
  });

  it('are at most 32', () => {
    const given = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`k${n}`, n]));
    expect(Object.keys(addAttributes({ a: 1 }, given, serializer)!)).toHaveLength(32);
  });

  it('that have room alone are kept where the limit of a payload has no room for all', () => {
    const small = createSerializer({ limits: { maxEventBytes: 1, maxArrayLength: 1, maxObjectKeys: 1 } as object });
    const given = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`k${n}`, 'x'.repeat(150)]));
    const attributes = addAttributes({ k3: 'before' }, given, small)!;
    expect(Object.keys(attributes)).toHaveLength(20);
    expect(attributes.k3).not.toBe('before');
    expect(attributes.k19).toBe('x'.repeat(150));
  });
});
