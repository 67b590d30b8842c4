import { createSerializer } from '../serializer.js';

const { json } = createSerializer();
const sizesOnly = createSerializer({ redact: { content: 'none' } });

function called(): never {
  throw new Error('code of a library was called');
}

/**
 * A value as a library makes it: own fields, and a class whose functions and getters must not run. `brand` is data of
 * the class; `test/matrix/programs/values.mjs` does the same with the libraries themselves.
 */
function made(own: Record<PropertyKey, unknown>, brand: Record<string, unknown> = {}, name = 'Minified'): object {
  const prototype = Object.create(Object.prototype, {
    constructor: { value: Object.defineProperty(() => undefined, 'name', { value: name }) },
    toJSON: { value: called },
    toString: { value: called },
    valueOf: { value: called },
    lazy: { get: called, enumerable: true },
  });
  for (const [key, value] of Object.entries(brand)) {
    Object.defineProperty(prototype, key, value === GETTER ? { get: called } : { value });
  }
  return Object.assign(Object.create(prototype), own);
}

const GETTER = Symbol('a getter');
const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
const HEX = '65f0c0ffee0000000000abcd';
const OLD = { _bsontype: 'ObjectID' };
const BSON = { _bsontype: GETTER };
const MATH = { plus: called, times: called, toFixed: called };
const LUXON = { year: 2026, month: 1, day: 2, hour: 3, minute: 4, second: 5, millisecond: 678 };
const luxon = (o: number): object => made({ c: LUXON, o, invalid: null, isLuxonDateTime: true });
const at = (time: string): Date => new Date(time);

const CLOCK = made({ _hour: 3, _minute: 4, _second: 5, _nano: 0 });
const UUID = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
const BIG = '12345678901234567.89';
const DURATION = 'P3MT1H1.5S';
const INTERVAL = '2026-01-02T03:04:05.678Z/2026-01-02T03:04:05.678-01:00';
const HIDDEN = '[REDACTED]';

describe('values of libraries', () => {
  it.each<[string, object, unknown]>([
    ['ObjectId of bson 1, text', made({ _bsontype: 'ObjectID', id: bytes(HEX).toString('latin1') }), HEX],
    ['ObjectId of bson 4', made({ [Symbol('id')]: bytes(HEX) }, OLD), HEX],
    ['ObjectId of bson 4, cached', made({ __id: HEX }, OLD), HEX],
    ['ObjectId of bson 6', made({ buffer: bytes(HEX) }, BSON), HEX],
    ['ObjectId of bson 7', made({ i0: 0x65f0c0, i1: 0xffee00, i2: 0, i3: 0xabcd }, BSON), HEX],
    ['Decimal128', made({ bytes: bytes('cf070000000000000000000000003c30') }, BSON), '19.99'],
    ['Decimal128, negative', made({ bytes: bytes('010000000000000000000000000040b0') }, BSON), '-1'],
    ['Decimal128, exponent', made({ bytes: bytes('01000000000000000000000000004630') }, BSON), '1E+3'],
    ['Decimal128, small', made({ bytes: bytes('0f000000000000000000000000002c30') }, BSON), '1.5E-9'],
    ['Decimal128, not a number', made({ bytes: bytes('0000000000000000000000000000007c') }, BSON), 'NaN'],
    ['Decimal128, infinite', made({ bytes: bytes('000000000000000000000000000000f8') }, BSON), '-Infinity'],
    ['Long', made({ low: -5, high: -1, unsigned: false }, BSON), -5],
    ['Long, beyond doubles', made({ low: -1, high: 0x7fffffff, unsigned: false }, BSON), '9223372036854775807'],
    ['Long, unsigned', made({ low: -1, high: -1, unsigned: true }, BSON), '18446744073709551615'],
    ['Timestamp', made({ low: 2, high: 1, unsigned: true }, BSON, 'Timestamp'), { t: 1, i: 2 }],
    ['Int32', made({ value: 7 }, BSON), 7],
    ['Double', made({ value: 1.5 }, BSON), 1.5],
    ['UUID', made({ sub_type: 4, buffer: bytes('3f2504e04f8941d39a0c0305e82c3301'), position: 16 }, BSON), UUID],
    ['Binary', made({ sub_type: 0, buffer: bytes('6162'), position: 2 }, BSON), '[Binary 2 bytes]'],
    ['BSONRegExp', made({ pattern: 'a+', options: 'i' }, BSON), '/a+/i'],
    ['Code', made({ code: 'f()', scope: null }, BSON), 'f()'],
    ['Code with a scope', made({ code: 'f()', scope: { a: 1 } }, BSON), { code: 'f()', scope: { a: 1 } }],
    ['DBRef', made({ collection: 'c', oid: made({ __id: HEX }, OLD), fields: {} }, BSON), { $ref: 'c', $id: HEX }],
    ['MinKey', made({}, BSON, 'MinKey'), '[MinKey]'],
    ['decimal.js', made({ s: -1, e: 6, d: [1234567, 8900] }, { ...MATH, sin: called }), '-1234567.00089'],
    ['decimal.js, large', made({ s: 1, e: 21, d: [1] }, { ...MATH, sin: called }), '1e+21'],
    ['decimal.js, small', made({ s: 1, e: -7, d: [1] }, { ...MATH, sin: called }), '1e-7'],
    ['decimal.js, infinite', made({ s: -1, e: NaN, d: null }, { ...MATH, sin: called }), '-Infinity'],
    ['decimal.js-light', made({ s: 1, e: 1, d: [19, 9_900_000] }, MATH), '199900000'],
    ['big.js', made({ s: 1, e: 1, c: [1, 9, 9, 9] }, MATH), '19.99'],
    ['big.js, below one', made({ s: 1, e: -3, c: [5] }, MATH), '0.005'],
    ['bignumber.js', made({ s: 1, e: 16, c: [123, 45678901234567, 89e12] }, { ...MATH, _isBigNumber: true }), BIG],
    ['bignumber.js, not a number', made({ s: null, e: null, c: null }, { ...MATH, _isBigNumber: true }), 'NaN'],
    ['Luxon, with an offset', luxon(330), '2026-01-02T03:04:05.678+05:30'],
    ['Luxon, UTC', luxon(0), '2026-01-02T03:04:05.678Z'],
    ['Luxon, invalid', made({ c: null, o: null, invalid: {}, isLuxonDateTime: true }), '[Invalid Date]'],
    [
      'Luxon, duration',
      made({ values: { quarters: 1, hours: 1, milliseconds: 1500 }, isLuxonDuration: true }),
      DURATION,
    ],
    ['Luxon, interval', made({ s: luxon(0), e: luxon(-60), invalid: null, isLuxonInterval: true }), INTERVAL],
    ['Day.js', made({ $d: at('2026-01-02T03:04:05Z'), $y: 2026, $M: 0, $x: {} }), '2026-01-02T03:04:05.000Z'],
    [
      'Day.js, with an offset',
      made({ $d: at('2026-01-02T03:04:05Z'), $y: 2026, $M: 0, $x: { $localOffset: 60 }, $offset: 540 }),
      '2026-01-01T17:04:05.000Z',
    ],
    ['Day.js, invalid', made({ $d: new Date(NaN), $y: NaN, $M: NaN }), '[Invalid Date]'],
    ['Day.js, duration', made({ $ms: 9_000_000, $d: { hours: 1, minutes: 90 }, $l: 'en' }), 'PT1H90M'],
    [
      'Moment',
      made({ _isAMomentObject: true, _d: at('2026-01-02T05:04:05Z'), _offset: 120 }),
      '2026-01-02T03:04:05.000Z',
    ],
    ['Moment, duration', made({ _milliseconds: 0, _days: 2, _months: 0, _data: { days: 2 } }), 'P2D'],
    ['js-joda, date', made({ _year: 2026, _month: 1, _day: 2 }), '2026-01-02'],
    ['js-joda, time', made({ _hour: 3, _minute: 4, _second: 5, _nano: 250_000_000 }), '03:04:05.250'],
    [
      'js-joda, with an offset',
      made({
        _dateTime: made({ _date: made({ _year: 2026, _month: 1, _day: 2 }), _time: CLOCK }),
        _offset: { _totalSeconds: 3600 },
      }),
      '2026-01-02T03:04:05+01:00',
    ],
    ['js-joda, instant', made({ _seconds: 0, _nanos: 5 }, { toEpochMilli: called }), '1970-01-01T00:00:00.000000005Z'],
    ['Sequelize', made({ dataValues: { id: 1 }, _previousDataValues: {}, _options: {} }), { id: 1 }],
  ])('%s', (_, value, expected) => {
    const written = JSON.stringify(expected);
    expect(json({ value })).toBe(`{"value":${written}}`);
    expect(json({ value, odd: 1n })).toBe(`{"value":${written},"odd":"1n"}`);
    expect(json([new Map([['value', value]])])).toBe(`[{"[Map]":[["value",${written}]]}]`);
  });

  it('are ordinary fields where a class only resembles one', () => {
    for (const own of [
      { s: 1, e: 2, c: ['x'] },
      { value: 1, sub_type: 2 },
      { $d: 1, $y: 2 },
      { _doc: 1, $__: 2 },
    ]) {
      const value = Object.defineProperty(made(own), 'constructor', { value: undefined });
      expect(JSON.parse(json(value))).toEqual(own);
    }
    expect(json({ _bsontype: 'ObjectId', id: 'a body' })).toBe('{"_bsontype":"ObjectId","id":"a body"}');
  });

  it('show their fields where they are damaged', () => {
    const getter = Object.defineProperty({}, 'day', { get: called, enumerable: true });
    expect(json(made({ c: getter, o: 0, isLuxonDateTime: true }))).toContain('"o":0');
    expect(json(made({ s: 1, e: 1, c: [-1] }, MATH))).toBe('{"s":1,"e":1,"c":[-1]}');
    expect(json(made({ bytes: bytes('00') }, BSON))).toBe('{"bytes":"[Buffer 1 bytes]"}');
  });

  it('are described by their sizes where content is not kept', () => {
    expect(sizesOnly.json([made({ __id: HEX }, OLD, 'ObjectId'), made({ value: 7 }, BSON)])).toBe(
      '["[ObjectId 24]","[number]"]',
    );
  });

  it('hide secrets', () => {
    expect(json([made({ pattern: 'password=hunter2', options: '' }, BSON)])).not.toContain('hunter2');
    expect(json({ password: made({ __id: HEX }, OLD) })).toBe('{"password":"[REDACTED]"}');
  });
});

/** Like documents of Mongoose 9: data in `_doc`, arrays of a schema's paths as proxies that trap get and set. */
describe('a document of Mongoose', () => {
  const proxied = (list: unknown[]): unknown[] => new Proxy(list, { get: called, set: called });
  const paths = { tags: { instance: 'Array' }, 'address.zips': { instance: 'Array' }, any: { instance: 'Mixed' } };
  const document = (data: object): object =>
    made(
      { $__: { activePaths: {}, token: 'x' }, $isNew: true, _doc: data },
      { $__schema: { paths, nested: { address: true } } },
    );

  it('is its data, nested, in arrays and populated', () => {
    const author = document({ name: 'Ana', password: 'hunter2' });
    const value = document({
      name: 'lead',
      tags: proxied(['vip', proxied([1]), author]),
      address: { city: 'Lima', zips: proxied([1, 2]) },
      author,
      price: made({ bytes: bytes('cf070000000000000000000000003c30') }, BSON),
    });
    expect(JSON.parse(json({ value }))).toEqual({
      value: {
        name: 'lead',
        tags: ['vip', [1], { name: 'Ana', password: '[REDACTED]' }],
        address: { city: 'Lima', zips: [1, 2] },
        author: { name: 'Ana', password: '[REDACTED]' },
        price: '19.99',
      },
    });
  });

  it('is written once where documents hold one another', () => {
    const data: Record<string, unknown> = { name: 'a' };
    const value = document(data);
    data.self = value;
    expect(json({ value })).toBe('{"value":{"name":"a","self":"[Circular $.value]"}}');
  });

  it('leaves a proxy of the application unread', () => {
    let traps = 0;
    const trap = (): never => {
      traps += 1;
      throw new Error('trap');
    };
    const own = new Proxy([1], Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((name) => [name, trap])));
    expect(json(document({ any: own, other: own }))).toBe('{"any":"[Proxy]","other":"[Proxy]"}');
    expect(traps).toBe(0);
  });
});

describe('values of the platform', () => {
  const form = new FormData();
  form.set('name', 'Ana');
  form.set('password', 'hunter2');
  form.set('photo', new File(['12345'], 'a.png', { type: 'image/png' }));
  const request = new Request('http://x.y/z?token=hunter2&a=1', {
    method: 'POST',
    body: 'the body',
    headers: { cookie: 'sid=hunter2', 'x-a': '1' },
  });

  it.each<[string, object, unknown]>([
    [
      'Headers',
      new Headers({ authorization: 'Bearer hunter2hunter2', 'x-a': '1' }),
      { authorization: HIDDEN, 'x-a': '1' },
    ],
    ['URLSearchParams', new URLSearchParams('a=1&b=2&b=3&token=hunter2'), { a: '1', b: ['2', '3'], token: HIDDEN }],
    ['FormData', form, { name: 'Ana', password: HIDDEN, photo: '[File a.png 5 bytes image/png]' }],
    ['Blob', new Blob(['123']), '[Blob 3 bytes]'],
    [
      'Response',
      new Response('the body', { status: 404, headers: { 'set-cookie': 'a=hunter2', 'x-a': '1' } }),
      {
        status: 404,
        statusText: '',
        url: '',
        headers: { 'content-type': 'text/plain;charset=UTF-8', 'set-cookie': HIDDEN, 'x-a': '1' },
      },
    ],
    [
      'Request',
      request,
      {
        method: 'POST',
        url: 'http://x.y/z?token=[REDACTED]&a=1',
        headers: { 'content-type': 'text/plain;charset=UTF-8', cookie: HIDDEN, 'x-a': '1' },
      },
    ],
  ])('%s: the data without the body', (_, value, expected) => {
    expect(JSON.parse(json({ value }))).toEqual({ value: expected });
    expect(JSON.parse(json([value, 1n]))).toEqual([expected, '1n']);
  });

  it('are recognised only when they belong to the platform', () => {
    class Headers {
      static calls = 0;
      own = 1;
      forEach(): void {
        Headers.calls += 1;
      }
    }
    Object.defineProperty(Headers.prototype, Symbol.toStringTag, { value: 'Headers' });
    const before = Object.getOwnPropertyDescriptor(globalThis, 'Headers')!;
    Object.defineProperty(globalThis, 'Headers', { value: Headers, configurable: true, writable: true });
    try {
      expect(json(new Headers())).toBe('{"own":1}');
      expect(globalThis.Headers).toBe(Headers);
      expect(Headers.calls).toBe(0);
    } finally {
      Object.defineProperty(globalThis, 'Headers', before);
    }
  });
});
