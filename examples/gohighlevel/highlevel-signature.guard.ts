import { createPublicKey, verify } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import type { RawBodyRequest } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';

/**
 * Accepts a request that HighLevel signed: `X-GHL-Signature` is the Ed25519 signature of the body, in base64. The key is
 * public (HighLevel publishes it), so nothing here is secret and the check needs no comparison in constant time. The older
 * `X-WH-Signature` (RSA) ended in July 2026. A request without a signature is refused, never let through.
 */
@Injectable()
export class HighLevelSignatureGuard implements CanActivate {
  /** Read once at start: a missing or malformed key stops the application, not the first webhook. */
  private readonly publicKey = createPublicKey(process.env.HIGHLEVEL_PUBLIC_KEY ?? '');

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<RawBodyRequest<{ headers: IncomingMessage['headers'] }>>();
    const signature = Buffer.from(String(request.headers['x-ghl-signature'] ?? ''), 'base64');
    if (request.rawBody && verify(null, request.rawBody, this.publicKey, signature)) return true;
    throw new UnauthorizedException('The signature does not match the body');
  }
}
