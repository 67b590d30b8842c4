import type { ReplyRule } from '../../../context/decorators/trace-webhook.decorator.js';
import { textOfPart } from '../../../context/follow/streams/part-text.js';
import { own } from '../../dialects/fields.js';
import { mediaKind, mediaText } from '../../dialects/media.js';
import { telegramMessage } from '../../outgoing/dialects/messaging/telegram.js';
import { parsedJson } from '../../request/body-text.js';
import { twimlMessages } from './twiml.js';
import type { WrittenBody } from './written-body.js';

/** A reply in a response: the data of its `message_sent`. */
export interface ResponseReply {
  message?: string;
  channel?: string;
  to?: string;
  provider?: string;
}

/** What is known of the webhook that a response answers. */
export interface Answered {
  /** Dialect that read the request. */
  readonly dialect: string | undefined;
  /** Its parsed body. */
  readonly request: unknown;
  /** The handler's own word for what of its answer is the reply. */
  readonly rule: ReplyRule | undefined;
  /** Content type of the response. */
  readonly type: string;
}

/** Senders that take a reply from the answer to their webhook. */
const ANSWERED_IN_RESPONSE: readonly (string | undefined)[] = ['twilio', 'telegram'];

/** Whether the answer to this webhook may be a reply: only then is its body looked at. */
export function mayReply({ dialect, rule }: Pick<Answered, 'dialect' | 'rule'>): boolean {
  return rule !== undefined || ANSWERED_IN_RESPONSE.includes(dialect);
}

/** The replies in the body of a response that went out. */
export function repliesIn(body: WrittenBody, answered: Answered): ResponseReply[] {
  const told = body.text === undefined ? [] : senderReplies(body.text, answered);
  if (told.length > 0 || answered.rule === undefined) return told;
  const message = ruledText(body, answered.type, answered.rule);
  return message === undefined ? [] : [{ message }];
}

function senderReplies(text: string, { dialect, request, type }: Answered): ResponseReply[] {
  if (dialect === 'twilio') {
    const channel = /^whatsapp:/i.test(String(own(request, 'From'))) ? 'whatsapp' : 'sms';
    return twimlMessages(text).map(({ text: message, to }) => ({ message, channel, to, provider: dialect }));
  }
  if (dialect !== 'telegram') return [];
  const fields = /form-urlencoded/i.test(type) ? Object.fromEntries(new URLSearchParams(text)) : parsedJson(text);
  const method = own(fields, 'method');
  const sent = typeof method === 'string' ? telegramMessage(method, fields) : undefined;
  const all = sent === undefined ? [] : Array.isArray(sent) ? sent : [sent];
  return all.slice(0, 20).map(({ text: message, channel, to }) => ({ message, channel, to, provider: dialect }));
}

/** The text by the handler's rule; `undefined`: the answer is no reply. */
function ruledText({ text, whole }: WrittenBody, type: string, rule: ReplyRule): string | undefined {
  const kind = /^(?:image|audio|video)\//i.test(type) ? mediaKind(type) : undefined;
  if (text === undefined) {
    return kind !== undefined && rule === 'response' ? mediaText(kind, undefined, undefined) : undefined;
  }
  const isJson = /\bjson\b/i.test(type) || /^\s*[{[]/.test(text);
  const value = whole && isJson ? parsedJson(text) : undefined;
  if (typeof rule === 'function') {
    const given: unknown = rule(value ?? text);
    return typeof given === 'string' && given.trim() !== '' ? given : undefined;
  }
  if (value !== undefined) return textIn(value) ?? text;
  if (/^text\/event-stream/i.test(type)) return eventText(text) ?? text;
  return text.trim() === '' ? undefined : text;
}

/** Members in which an answer of JSON has its text, and objects around them. */
const TEXTS = ['reply', 'message', 'text', 'answer', 'response', 'content', 'output', 'body'] as const;
const AROUND = ['reply', 'message', 'response', 'data', 'output', 'result'] as const;

function textIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value;
  for (const name of TEXTS) {
    const text = own(value, name);
    if (typeof text === 'string' && text.trim() !== '') return text;
  }
  for (const name of AROUND) {
    const inner = own(value, name);
    for (const text of TEXTS.map((key) => own(inner, key)))
      if (typeof text === 'string' && text.trim() !== '') return text;
  }
  return undefined;
}

/** The text of server-sent events: pieces of a model's answer, or plain data. */
function eventText(text: string): string | undefined {
  const data = [...text.matchAll(/^data: ?(.*)$/gm)].map(([, line]) => line!).filter((line) => line !== '[DONE]');
  const pieces = data.map((line) => {
    const part = /^[{["]/.test(line) ? parsedJson(line) : undefined;
    return part === undefined ? line : (textOfPart(part) ?? '');
  });
  return pieces.join('').trim() === '' ? undefined : pieces.join('');
}
