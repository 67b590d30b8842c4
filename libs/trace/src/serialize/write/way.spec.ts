import * as fc from 'fast-check';
import { isClock } from '../redact/secret-bigrams.js';
import { keyJudge } from '../redact/secret-keys.js';
import { createSerializer } from '../serializer.js';
import { fasterWay } from './way.js';

const native = createSerializer({ way: 'native' });
const onePass = createSerializer({ way: 'one-pass' });
const explode = (): never => {
  throw new Error('user code was called');
};

it('the way is chosen by the version of the engine', () => {
  expect(['11.3.244.8-node.33', '13.6.233.17-node.48', '14.6.202.34-node.19'].map(fasterWay)).toEqual([
    'one-pass',
    'one-pass',
    'native',
  ]);
});

describe('both ways write the same bytes', () => {
  // prettier-ignore
  const PIECES = [
    'password', 'token2', 'secret', 'session', 'pin', '4111111111111111', '5555-5555-5555-4444', '4111 1111',
    '9:00', '14:30:22', '2024-01-20T14:30:22Z', '+34600000001', ':', ': ', '=', '%22', '%3A', '"', '\\', '\n',
    'Bearer abcdefgh1', 'basic dXNlcjpjYW5hcnk=', 'https://ana:pw@x.y', '12345:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw',
    ['sk', 'proj-0123456789ABCDEF'].join('-'), 'é', '😀', '\ud800', '\u0001', '\u2028', ' ', 'Hola', '.',
  ];
  const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 6 }).map((parts) => parts.join(''));
  const leaf = fc.oneof(
    text,
    fc.constantFrom(0, -0, 1.5, Number.NaN, 4111111111111111, 1705761022123, 1e21, true, null, undefined, 1n),
    fc.constantFrom(new Date(0), new Date(Number.NaN)),
  );
  const key = fc.oneof(fc.constantFrom('a', 'b', 'name', 'value', 'api_key', 'tokens', '__proto__'), text);
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('tree')), fc.dictionary(key, tie('tree'))),
  }));

  it('of values with secrets and with texts like them', () => {
    fc.assert(
      fc.property(tree, (value) => expect(native.json(value)).toBe(onePass.json(value))),
      { numRuns: 3_000 },
    );
  });

  class Lead {
    constructor(readonly name: string) {}
    toJSON = undefined;
  }
  const holder = { leaf: { a: 1 } };
  it.each([
    ['a toJSON that is not enumerable', Object.defineProperty({ a: 1 }, 'toJSON', { value: explode })],
    ['a toJSON of a list', Object.assign([1], { toJSON: explode })],
    [
      'a boxed number as a plain object',
      Object.setPrototypeOf(Object.assign(Object(1), { valueOf: explode }), Object.prototype),
    ],
    ['a list as a plain object', { list: Object.setPrototypeOf([1, 2], Object.prototype) as unknown }],
    [
      'a getter under a symbol beside a secret',
      Object.defineProperty({ pin: 'canary' }, Symbol('s'), { get: explode, enumerable: true }),
    ],
    ['an instance', [new Lead('Ana')]],
    ['a date with its own toJSON', { at: Object.assign(new Date(0), { toJSON: explode }) }],
    ['no prototype', Object.assign(Object.create(null) as object, { a: 1 })],
    ['an object twice', { a: holder, b: holder }],
    ['many keys that are data', Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`key_${i * 7919}`, i]))],
  ])('of %s', (_, value: unknown) => expect(native.json(value)).toBe(onePass.json(value)));

  it('while Object.prototype has a toJSON', () => {
    const root: object = Object.prototype;
    Object.defineProperty(root, 'toJSON', { value: explode, configurable: true });
    try {
      expect(native.bytes({ a: [1] }).toString()).toBe('{"a":[1]}');
    } finally {
      Reflect.deleteProperty(root, 'toJSON');
    }
  });
});

it('the cheap question about keys changes no verdict', () => {
  const judge = keyJudge();
  // An expression of the caller switches the cheap question off.
  const full = keyJudge([/(?!)/]);
  const words = 'password passwd secret api Key private access token tokens session id auth pin cvv otp name value to JSON user x max type sid contraseña 1 2 _ - . : = [ s e c r t'.split(' '); // prettier-ignore
  const key = fc
    .array(fc.constantFrom(...words, 'SECRET', 'TOKEN', 'KEY', ' '), { maxLength: 6 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(key, (name) => expect(judge(name)).toBe(full(name))),
    { numRuns: 5_000 },
  );
});

it.each([
  ['at 9:00', true],
  ['2024-01-20T14:30', true],
  ['token2: x', false],
  ['password%22: x', false],
  ['12345:AAH', false],
  ['9://a@b', false],
  ['ñ9: x', false],
])('the colon of %s is that of a time: %s', (said, expected) =>
  expect(isClock(said, said.indexOf(':'))).toBe(expected),
);
