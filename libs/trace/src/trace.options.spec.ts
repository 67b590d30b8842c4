import { resolveOptions, type TraceModuleOptions } from './trace.options.js';

const refusal = (options: unknown, env: NodeJS.ProcessEnv = {}): string => {
  try {
    resolveOptions(options as TraceModuleOptions, env);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error(`${JSON.stringify(options)} was taken`);
};

describe('an unknown option', () => {
  it.each([
    [{ captur: {} }, 'Unknown TraceModule option `captur`. Did you mean `capture`? Allowed: capture, redact, limits,'],
    [{ retention: { maxage: '7d' } }, '`retention.maxage`. Did you mean `retention.maxAge`?'],
    [{ debug: { tokn: 's3cret' } }, '`debug.tokn`. Did you mean `debug.token`?'],
    [{ lifecycle: { expectReply: { within: 3 } } }, '`lifecycle.expectReply.within`. Did you mean'],
    [{ storage: { spool: { max: 3 } } }, '`storage.spool.max`. Did you mean `storage.spool.maxBytes`?'],
  ])('is named with the one that was meant: %j', (options, message) => expect(refusal(options)).toContain(message));

  it('is named without a guess where none is near, and never with its value', () => {
    expect(refusal({ xyzzy: 1 })).toMatch(/^Unknown TraceModule option `xyzzy`\. Allowed: capture, /);
    expect(refusal({ debug: { tokn: 's3cret' } })).not.toContain('s3cret');
  });
});

describe('the environment', () => {
  const env = { TRACE_MAX_AGE: '2d', TRACE_ERROR_MAX_AGE: '3d', TRACE_MAX_BYTES: '10MiB', TRACE_ACCESS: 'loopback' };
  const day = 86_400_000;

  it('has the defaults of retention, access and token', () => {
    const { retention, sharedRetention, debug } = resolveOptions({}, { ...env, TRACE_TOKEN: 'x' });
    expect(retention).toEqual({ maxAgeMs: 2 * day, errorMaxAgeMs: 3 * day, maxBytes: 10 * 2 ** 20 });
    expect(sharedRetention).toEqual(retention);
    expect(debug).toMatchObject({ access: 'loopback', token: 'x' });
  });

  it('comes after what the code says', () => {
    const given = { retention: { maxAge: '1d', maxBytes: 5, errorMaxAge: '9d' }, debug: { token: 'mine' } } as const;
    const { retention, debug } = resolveOptions(given, { ...env, TRACE_TOKEN: 'x' });
    expect(retention).toEqual({ maxAgeMs: day, errorMaxAgeMs: 9 * day, maxBytes: 5 });
    expect(debug.token).toBe('mine');
  });

  it('counts as not set where it is empty', () => {
    const { retention, debug } = resolveOptions({}, { TRACE_MAX_AGE: '', TRACE_TOKEN: '', TRACE_ACCESS: '' });
    expect(retention.maxAgeMs).toBe(7 * day);
    expect(debug).toMatchObject({ access: undefined, token: undefined });
  });

  it.each([
    [{ TRACE_MAX_AGE: 'soon' }, "Environment variable `TRACE_MAX_AGE` is 'soon'; allowed: milliseconds as a number,"],
    [{ TRACE_MAX_BYTES: '1 potato' }, "Environment variable `TRACE_MAX_BYTES` is '1 potato'"],
    [{ TRACE_ACCESS: 'all' }, "Environment variable `TRACE_ACCESS` is 'all'; allowed: 'loopback'"],
    [{ TRACE_TOKEN: 'short', NODE_ENV: 'production' }, '`TRACE_TOKEN` has 5 characters; in production at least 32'],
  ])('is refused with its name: %j', (given, message) => expect(refusal({}, given)).toContain(message));
});

describe('a place in the request', () => {
  const read = (keys: unknown, request: object): string | undefined =>
    resolveOptions({ capture: { contactId: keys as 'body.x' } }, {}).capture.contactId!(request as never);

  it.each([
    ['body.customer.phone', { body: { customer: { phone: '+54 11' } } }, '+54 11'],
    ['body.messages.0.from', { body: { messages: [{ from: 7 }] } }, '7'],
    ['headers.X-Contact', { headers: { 'x-contact': 'ana' } }, 'ana'],
    [['body.a', 'query.b', 'params.c'], { body: { a: ' ' }, query: {}, params: { c: 'carla' } }, 'carla'],
    ['body.constructor.name', { body: {} }, undefined],
    ['body.a.b', { body: { a: null } }, undefined],
    ['body.a', { body: { a: { b: 1 } } }, undefined],
    ['body.a', {}, undefined],
  ])('is read: %j', (keys, request, found) => expect(read(keys, request)).toBe(found));

  it.each(['phone', 'body', 'body.', 'body..x', [], ['body.x', 3], 7])('has a known form, unlike %j', (keys) =>
    expect(refusal({ capture: { contactId: keys } })).toContain('capture.contactId'),
  );
});
