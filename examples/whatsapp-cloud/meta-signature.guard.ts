import { createHmac, timingSafeEqual } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import type { RawBodyRequest } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';

/** Accepts a request that has the HMAC-SHA256 of its bytes, made with the app secret, in `X-Hub-Signature-256`. */
@Injectable()
export class MetaSignatureGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<RawBodyRequest<IncomingMessage>>();
    const secret = process.env.WHATSAPP_APP_SECRET;
    if (!secret) throw new Error('WHATSAPP_APP_SECRET is not set');
    const hash = createHmac('sha256', secret)
      .update(request.rawBody ?? '')
      .digest('hex');
    const wanted = Buffer.from(`sha256=${hash}`);
    const given = Buffer.from(String(request.headers['x-hub-signature-256'] ?? ''));
    // A comparison that ends at the first difference would show an attacker how much of a guess is right.
    if (given.length === wanted.length && timingSafeEqual(given, wanted)) return true;
    throw new UnauthorizedException('The signature does not match the body');
  }
}
