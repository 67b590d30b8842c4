import { createSerializer } from '../serializer.js';

const { error } = createSerializer();
const at = (message: string): Error => new Error(message);
const elsewhere = (message: string): Error => new Error(message);

describe('error', () => {
  it.each([
    ['a string', 'failed', 'string', 'failed'],
    ['undefined', undefined, 'undefined', 'undefined'],
    ['null', null, 'null', 'null'],
    ['a number', 404, 'number', '404'],
    ['a plain object', { code: 1 }, 'object', '{"code":1}'],
    ['an object with a message', { message: 'failed', code: 1 }, 'object', 'failed'],
    ['a proxy', new Proxy(new Error('x'), {}), 'object', '[Proxy]'],
    ['an error of the platform', AbortSignal.abort().reason, 'AbortError', 'This operation was aborted'],
    ['a frozen error', Object.freeze(new RangeError('failed')), 'RangeError', 'failed'],
    ['an error whose message is no text', Object.assign(new Error(), { message: { a: 1 } }), 'Error', '{"a":1}'],
  ])('describes %s', (_, thrown, type, message) => expect(error(thrown)).toMatchObject({ type, message }));

  it('names the class of an error without a name', () => {
    class BookingError extends Error {}
    class NamedError extends Error {
      override name = 'ENAMED';
    }
    expect(error(new BookingError('x')).type).toBe('BookingError');
    expect(error(new NamedError('x')).type).toBe('ENAMED');
  });

  it('lists the cause chain, outermost first', () => {
    const root = new TypeError('root');
    const thrown = new Error('top', { cause: new Error('middle', { cause: root }) });
    const causes = JSON.parse(error(thrown).cause!) as { type: string; message: string }[];
    expect(causes.map(({ type, message }) => `${type}: ${message}`)).toEqual(['Error: middle', 'TypeError: root']);
  });

  it('ends a cyclic chain, and an endless one', () => {
    const circle = new Error('a') as Error & { cause?: unknown };
    circle.cause = new Error('b', { cause: circle });
    expect(JSON.parse(error(circle).cause!)).toHaveLength(1);
    let long = new Error('0');
    for (let i = 1; i < 1_000; i++) long = new Error(String(i), { cause: long });
    expect(JSON.parse(error(long).cause!)).toHaveLength(8);
  });

  it('lists the errors of an AggregateError', () => {
    const thrown = new AggregateError([new Error('a'), 'b'], 'all failed');
    expect(JSON.parse(error(thrown).cause!)).toMatchObject([{ message: 'a' }, { type: 'string', message: 'b' }]);
  });

  it('bounds a long message and a long stack', () => {
    const parts = createSerializer({ limits: { maxStringLength: 100, maxEventBytes: 1024 } }).error(
      new Error('x'.repeat(10_000), { cause: new Error('😀'.repeat(10_000)) }),
    );
    expect(parts.message).toMatch(/^x{100}…\[\+9900 chars]$/);
    expect(parts.stack!.length).toBeLessThan(130);
    expect(Buffer.byteLength(parts.cause!)).toBeLessThanOrEqual(1024);
    expect(() => JSON.parse(parts.cause!)).not.toThrow();
  });
});

describe('fingerprint', () => {
  it('is the same for the same origin, whatever varies', () => {
    const prints = ['Contact 17 not found after 1.5 s: "ana"', 'Contact 99817 not found after 20.25 s: "luis"'].map(
      (message) => error(at(message)).fingerprint,
    );
    expect(new Set(prints).size).toBe(1);
    expect(prints[0]).toMatch(/^[0-9a-f]{12}$/);
    const ids = ['z49hFQn0DxOX5sInJg60', 'a11bQQn0DxOX5sInJg99'].map((id) => error(at(`no lead ${id}`)).fingerprint);
    expect(ids[0]).toBe(ids[1]);
  });

  it('differs by message, type and function', () => {
    const prints = [at('a'), at('b'), elsewhere('a'), new TypeError('a')].map((thrown) => error(thrown).fingerprint);
    expect(new Set(prints).size).toBe(4);
  });
});
