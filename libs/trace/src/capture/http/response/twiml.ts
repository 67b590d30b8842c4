import { mediaOfUrl, mediaText } from '../../dialects/media.js';

/** A message of a TwiML document. */
export interface TwimlMessage {
  text: string;
  to?: string;
}

/** Messages of one document that are read. */
const MAX_MESSAGES = 20;

const BEGIN = /^\s*(?:<\?xml[^>]{0,200}>)?\s*<Response[\s>]/;

/** The messages of TwiML, the answer by which Twilio sends a reply; none in any other document. */
export function twimlMessages(text: string): TwimlMessage[] {
  if (!BEGIN.test(text.slice(0, 512))) return [];
  const found: TwimlMessage[] = [];
  for (let at = 0; found.length < MAX_MESSAGES;) {
    const element = nextElement(text, ['Message', 'Sms'], at);
    if (element === undefined) break;
    at = element.end;
    const words = bodyOf(element.content);
    if (words !== undefined) found.push({ text: words, ...toOf(element.attributes) });
  }
  return found;
}

function bodyOf(content: string): string | undefined {
  const body = nextElement(content, ['Body'], 0);
  const words = plain(body ? body.content : content.replace(/<Media\b[^<]*<\/Media\s*>/g, ''));
  const media = nextElement(content, ['Media'], 0);
  if (media === undefined) return words;
  return mediaText(mediaOfUrl(plain(media.content) ?? '') ?? 'attachment', undefined, words);
}

function toOf(attributes: string): { to?: string } {
  const to = /\bto\s*=\s*(?:"([^"]*)"|'([^']*)')/.exec(attributes);
  const value = plain(to?.[1] ?? to?.[2] ?? '');
  return value === undefined ? {} : { to: value };
}

interface Element {
  attributes: string;
  content: string;
  end: number;
}

/** The first element with one of these names at or after `from`; an empty one (`<Message/>`) is skipped. One pass. */
function nextElement(text: string, names: readonly string[], from: number): Element | undefined {
  const open = new RegExp(`<(${names.join('|')})(?=[\\s/>])`, 'g');
  open.lastIndex = from;
  for (let found = open.exec(text); found; found = open.exec(text)) {
    const head = text.indexOf('>', open.lastIndex);
    if (head === -1) return undefined;
    if (text[head - 1] === '/') continue;
    const close = text.indexOf(`</${found[1]}`, head);
    if (close === -1) return undefined;
    return { attributes: text.slice(open.lastIndex, head), content: text.slice(head + 1, close), end: close + 3 };
  }
  return undefined;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Text of an element without markup; `undefined`: it is blank. */
function plain(xml: string): string | undefined {
  const text = xml
    .split(/(<!\[CDATA\[[^]*?\]\]>)/)
    .map((part) => (part.startsWith('<![CDATA[') ? part.slice(9, -3) : unescaped(part.replace(/<[^<>]*>/g, ''))))
    .join('')
    .trim();
  return text === '' ? undefined : text;
}

function unescaped(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos));/gi, (all, dec, hex, name: string) => {
    if (name !== undefined) return ENTITIES[name.toLowerCase()]!;
    const code = dec === undefined ? parseInt(hex as string, 16) : Number(dec);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });
}
