import { TraceCollectorError } from '../../model/errors.js';
import { postgres } from '../../store/shared-target.js';
import { isBadValue, isMissingDay, isTransient, pgError } from './pg-error.js';

const TARGET = postgres({ url: 'postgres://app:secret@db.internal:6432/orders?sslmode=require' });
const failure = (code: string | undefined, message = 'x'): Error => Object.assign(new Error(message), code && { code });

describe('pgError', () => {
  const reasons: [code: string | undefined, text: string, part: string][] = [
    ['ECONNREFUSED', '', 'nothing listens there'],
    ['ENOTFOUND', '', 'the host name is unknown'],
    ['08006', '', 'the connection broke'],
    ['25006', '', 'it is read-only'],
    ['28P01', '', 'it refuses the user or the password'],
    ['3D000', '', 'the database does not exist'],
    ['42501', '', 'the user may not do this'],
    ['53100', '', 'its disk is full'],
    ['53300', '', 'it has no connection left'],
    ['57014', '', 'it cancelled a statement that took too long'],
    ['57P01', '', 'it is shutting down'],
    ['57P03', '', 'it is shutting down, starting'],
    ['58030', '', 'it has trouble with its files'],
    ['CERT_HAS_EXPIRED', '', 'its certificate has expired'],
    [undefined, 'Query read timeout', 'it did not answer within the time limit'],
    [undefined, 'Connection terminated unexpectedly', 'the connection broke'],
    [
      undefined,
      'timeout exceeded when trying to connect',
      'it does not answer, or all connections of this process are busy',
    ],
    [undefined, 'The server does not support SSL connections', 'it has no TLS'],
  ];
  it.each(reasons)('says what is wrong for %s %s', (code, message, part) => {
    const error = pgError(failure(code, message), TARGET) as TraceCollectorError;
    expect(error.code).toBe('STORE_UNAVAILABLE');
    expect(error.message).toContain(`db.internal:6432/orders is out of reach: ${part}`);
    expect(error.message).not.toContain('secret');
  });

  it('takes the first failure where all addresses of a host failed', () => {
    const all = Object.assign(new Error(''), { errors: [failure('ECONNREFUSED')] });
    expect(pgError(all, TARGET)).toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it('leaves errors of statements, and errors of ours, as they are', () => {
    for (const error of [failure('42601'), failure('23505'), new TypeError('x')])
      expect(pgError(error, TARGET)).toBe(error);
    const ours = new TraceCollectorError('SCHEMA_NEWER', 'x');
    expect(pgError(ours, TARGET)).toBe(ours);
  });

  it('keeps the origin, by which callers tell failures apart', () => {
    expect(isTransient(failure('40P01'))).toBe(true);
    expect(isMissingDay(failure('23514'))).toBe(true);
    expect(isMissingDay(Object.assign(failure('23514'), { constraint: 'c' }))).toBe(false);
    expect(['22021', '23505', '54000', '23514', '53100'].map((code) => isBadValue(failure(code)))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});
