import { createHmac, timingSafeEqual } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';

interface FormRequest {
  headers: Record<string, string | undefined>;
  originalUrl: string;
  body?: Record<string, string>;
}

/**
 * Accepts a request whose `X-Twilio-Signature` is the HMAC-SHA1 of the address that Twilio called and of every field,
 * sorted by name. Behind a proxy the request has another address than the one that Twilio called, so `PUBLIC_URL` has
 * its beginning, such as `https://bot.example.com`.
 */
@Injectable()
export class TwilioSignatureGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers, originalUrl, body = {} } = context.switchToHttp().getRequest<FormRequest>();
    const token = process.env.TWILIO_AUTH_TOKEN;
    if (!token) throw new Error('TWILIO_AUTH_TOKEN is not set');
    const fields = Object.keys(body).sort();
    const text = process.env.PUBLIC_URL + originalUrl + fields.map((name) => name + body[name]).join('');
    const wanted = createHmac('sha1', token).update(text).digest();
    const given = Buffer.from(headers['x-twilio-signature'] ?? '', 'base64');
    if (given.length === wanted.length && timingSafeEqual(given, wanted)) return true;
    throw new UnauthorizedException('The signature does not match the request');
  }
}
