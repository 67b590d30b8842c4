import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable, UnauthorizedException } from '@nestjs/common';
import type { CanActivate, ExecutionContext, RawBodyRequest } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';

/** The header that carries the signature: `sha256=` and the body's HMAC in hex. */
export const SIGNATURE_HEADER = 'x-signature-256';

/** The key that sender and receiver share: `EXAMPLE_WEBHOOK_SECRET`, or a default for trying it out. */
const SECRET = process.env.EXAMPLE_WEBHOOK_SECRET ?? 'the example keeps no secret';

export function sign(body: string | Buffer, secret = SECRET): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** Accepts a request whose signature matches its bytes; any other receives a 401. */
@Injectable()
export class SignatureGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<RawBodyRequest<IncomingMessage>>();
    const given = Buffer.from(String(request.headers[SIGNATURE_HEADER] ?? ''));
    const wanted = Buffer.from(sign(request.rawBody ?? Buffer.alloc(0)));
    if (given.length === wanted.length && timingSafeEqual(given, wanted)) return true;
    throw new UnauthorizedException('The signature does not fit the body');
  }
}
