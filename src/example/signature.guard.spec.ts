import type { ExecutionContext } from '@nestjs/common';
import { SIGNATURE_HEADER, SignatureGuard, sign } from './signature.guard.js';

function requestWith(signature: string | undefined, rawBody: Buffer | undefined): ExecutionContext {
  const request = { headers: { [SIGNATURE_HEADER]: signature }, rawBody };
  return { switchToHttp: () => ({ getRequest: () => request }) } as unknown as ExecutionContext;
}

describe('SignatureGuard', () => {
  const body = Buffer.from('{"contactId":"c","body":"hola"}');
  const guard = new SignatureGuard();

  it('accepts a body signed with the shared key', () => {
    expect(guard.canActivate(requestWith(sign(body), body))).toBe(true);
  });

  it.each([
    ['none', undefined],
    ['a signature of another length', 'sha256=0000'],
    ['a signature by another key', sign(body, 'another key')],
    ['a signature of another body', sign('{}')],
  ])('refuses a request with %s', (_what, signature) => {
    expect(() => guard.canActivate(requestWith(signature, body))).toThrow('The signature does not fit the body');
  });

  it('refuses a request without a body, with any signature', () => {
    expect(() => guard.canActivate(requestWith(sign(body), undefined))).toThrow('does not fit');
  });
});
