import { createHmac } from 'node:crypto';

/** A webhook, ready to send: `fetch(url, request)`, or `app.inject({ ...request, url })` on Fastify. */
export interface BuiltWebhook {
  method: 'POST';
  /** Lower-case names. */
  headers: Record<string, string>;
  /** The body's bytes as text; what a signature is over. */
  body: string;
  /** The same body, parsed: for code that is called with it directly. */
  payload: Record<string, unknown>;
}

/** What every builder takes. */
export interface WebhookParts {
  /** Who writes. Default: `contact-1`, in the form the sender has for ids. */
  contactId?: string;
  /** What they write. Default: `Hola`. */
  message?: string;
  /** The sender's id of this message. Default: a new one each time; give the same one again for a redelivery. */
  messageId?: string;
  /** Further fields of the body, over the built ones. */
  extra?: Record<string, unknown>;
  /** Signs the request as the sender does, with this secret. Default: a signature that no check accepts. */
  secret?: string;
  /** When it was sent. Default: now. */
  at?: Date;
}

let built = 0;

/** A message id that no other message of this process has. */
export function nextId(): string {
  built += 1;
  return `message-${built}`;
}

/** A number that no other message of this process has. */
export function nextNumber(): number {
  built += 1;
  return built;
}

export function json(payload: Record<string, unknown>, sign: (body: string) => Record<string, string>): BuiltWebhook {
  const body = JSON.stringify(payload);
  return { method: 'POST', headers: { 'content-type': 'application/json', ...sign(body) }, body, payload };
}

export function form(
  fields: Record<string, unknown>,
  sign: (body: string, fields: Record<string, string>) => Record<string, string>,
): BuiltWebhook {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) texts[name] = String(value);
  const body = new URLSearchParams(texts).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded', ...sign(body, texts) };
  return { method: 'POST', headers, body, payload: texts };
}

/** HMAC-SHA256 in hex; without a secret a well-formed one that is not right. */
export function sha256(secret: string | undefined, text: string): string {
  return secret === undefined ? '0'.repeat(64) : createHmac('sha256', secret).update(text).digest('hex');
}

export function seconds(at: Date = new Date()): number {
  return Math.floor(at.getTime() / 1000);
}
