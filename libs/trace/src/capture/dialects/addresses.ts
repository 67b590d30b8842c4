import { idOf, textOf } from './fields.js';

/** `whatsapp:+5215512345678` → `+5215512345678`. */
export function address(value: unknown): string | undefined {
  return idOf(value)?.replace(/^[a-z]+:(?=.)/i, '');
}

/** `"Ana Pérez" <ana@example.com>` → `ana@example.com`; `undefined` for a text without an address. */
export function email(value: unknown): string | undefined {
  const text = idOf(value)?.slice(0, 1_024);
  if (text === undefined) return undefined;
  const start = text.lastIndexOf('<');
  const end = text.indexOf('>', start);
  const bare = (start >= 0 && end > start ? text.slice(start + 1, end) : text).trim();
  return /^[^\s@<>]+@[^\s@<>]+$/.test(bare) ? bare : undefined;
}

/** `5215512345678:12@s.whatsapp.net` → `5215512345678`. Groups, channels and broadcasts are no person: `undefined`. */
export function jid(value: unknown): string | undefined {
  const [user = '', host] = idOf(value)?.split('@') ?? [];
  if (user === '' || host === 'g.us' || host === 'newsletter' || host === 'broadcast') return undefined;
  if (host === undefined || host === 's.whatsapp.net' || host === 'c.us') return user.replace(/[:_]\d+$/, '');
  return `${user.replace(/[:_]\d+$/, '')}@${host}`;
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: ' ' };

/** The text of a little HTML: `<p>Hola</p>` → `Hola`. At most 16,384 characters are read. */
export function htmlText(value: unknown): string | undefined {
  const html = textOf(value)?.slice(0, 16_384);
  if (html === undefined || !html.includes('<')) return html;
  const text = html
    .replace(/<(?:br|\/p|\/div|\/li)\b[^<>]*>/gi, '\n')
    .replace(/<[^<>]*>/g, '')
    .replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (_, name: string) => ENTITIES[name]!);
  return textOf(text.trim());
}
