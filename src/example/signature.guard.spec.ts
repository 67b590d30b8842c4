import type { ExecutionContext } from '@nestjs/common';
import { SIGNATURE_HEADER, SignatureGuard, sign } from './signature.guard.js';

function requestWith(signature: string | undefined, rawBody: Buffer | undefined): ExecutionContext {
  const request = { headers: { [SIGNATURE_HEADER]: signature }, rawBody };
  return { switchToHttp: () => ({ getRequest: () => request }) } as unknown as ExecutionContext;
}

describe('SignatureGuard', () => {
  const body = Buffer.from('{"contactId":"c","body":"hola"}');
  const guard = new SignatureGuard();

  it('lets through what is signed with the shared key', () => {
    expect(guard.canActivate(requestWith(sign(body), body))).toBe(true);
  });

  it.each([
    ['none', undefined],
    ['one of another length', 'sha256=0000'],
    ['one by another key', sign(body, 'another key')],
    ['one of another body', sign('{}')],
  ])('refuses a request with %s', (_what, signature) => {
    expect(() => guard.canActivate(requestWith(signature, body))).toThrow('The signature does not fit the body');
  });

  it('refuses a request without a body, however it is signed', () => {
    expect(() => guard.canActivate(requestWith(sign(body), undefined))).toThrow('does not fit');
  });
});
