import type { ChatMessage, ChatOutput, ChatPart, ChatToolCall } from '../../../model/chat.js';
import { isObject, isPlainObject } from '../../../model/objects.js';
import type { UsageFields } from '../../../model/usage.js';

type Fields = Record<string, unknown>;

const MAX_MESSAGES = 500;

const ROLES: Readonly<Record<string, ChatMessage['role']>> = {
  human: 'user',
  user: 'user',
  ai: 'assistant',
  assistant: 'assistant',
  system: 'system',
  developer: 'developer',
  tool: 'tool',
  function: 'tool',
};

/** Messages of LangChain, of any version, or of a request as users write them. */
export function chatMessages(messages: unknown): ChatMessage[] {
  return Array.isArray(messages) ? (messages as unknown[]).slice(-MAX_MESSAGES).flatMap(chatMessage) : [];
}

function chatMessage(given: unknown): ChatMessage[] {
  if (!isPlainObject(given)) return [];
  const role = ROLES[typeOf(given)];
  if (role === undefined) return [];
  const calls = toolCalls(given);
  const content = contentOf(given.content);
  return [
    {
      role,
      ...(content !== undefined && (content !== '' || calls.length === 0) && { content }),
      ...(typeof given.name === 'string' && { name: given.name }),
      ...(calls.length > 0 && { tool_calls: calls }),
      ...(typeof given.tool_call_id === 'string' && { tool_call_id: given.tool_call_id }),
    },
  ];
}

/** `_getType` up to version 0.3, `type` later, `role` in what is not yet a message. */
function typeOf(message: Fields): string {
  const { type, role, _getType } = message;
  if (typeof type === 'string') return type;
  if (typeof _getType === 'function') return String(Reflect.apply(_getType, message, []));
  return typeof role === 'string' ? role : '';
}

function toolCalls({ tool_calls: given }: Fields): ChatToolCall[] {
  if (!Array.isArray(given)) return [];
  return (given as unknown[]).filter(isPlainObject).map(({ id, name, args }) => ({
    ...(typeof id === 'string' && { id }),
    name: typeof name === 'string' ? name : 'tool',
    arguments: args,
  }));
}

function contentOf(content: unknown): string | ChatPart[] | undefined {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return undefined;
  const parts = (content as unknown[]).flatMap(chatPart);
  return parts.every((part) => part.type === 'text') ? parts.map(({ text }) => text).join('') : parts;
}

const MEDIA = ['image', 'audio', 'video', 'file'] as const;

function chatPart(block: unknown): ChatPart[] {
  if (typeof block === 'string') return [{ type: 'text', text: block }];
  if (!isPlainObject(block)) return [];
  const { type, text, thinking, reasoning } = block;
  if (type === 'text' && typeof text === 'string') return [{ type, text }];
  const thought = thinking ?? reasoning;
  if ((type === 'thinking' || type === 'reasoning') && typeof thought === 'string')
    return [{ type: 'reasoning', text: thought }];
  const kind = MEDIA.find((each) => type === each || type === `${each}_url` || type === `input_${each}`);
  if (kind === undefined) return [];
  const place = isPlainObject(block.image_url) ? block.image_url.url : (block.image_url ?? block.url);
  const mediaType = block.mime_type ?? block.mimeType;
  return [
    {
      type: kind,
      ...(typeof mediaType === 'string' && { media_type: mediaType }),
      ...(typeof place === 'string' && !place.startsWith('data:') && { url: place }),
    },
  ];
}

/** The first answer of a model's run. */
export function generation(output: unknown): { text: unknown; message: Fields; info: Fields; all: Fields } {
  const all = isPlainObject(output) ? output : {};
  const [first] = Array.isArray(all.generations) ? (all.generations as unknown[]) : [];
  const [answer] = Array.isArray(first) ? (first as unknown[]) : [];
  const fields = isPlainObject(answer) ? answer : {};
  const message = isPlainObject(fields.message) ? fields.message : {};
  return { text: fields.text, message, info: isPlainObject(fields.generationInfo) ? fields.generationInfo : {}, all };
}

export function chatOutput({ text: whole, message }: ReturnType<typeof generation>, finish?: string): ChatOutput {
  const content = contentOf(message.content) ?? whole;
  const parts = Array.isArray(content) ? (content as ChatPart[]) : [];
  const text = typeof content === 'string' ? content : joined(parts, 'text');
  const reasoning = joined(parts, 'reasoning');
  const calls = toolCalls(message);
  return {
    ...(text !== undefined && (text !== '' || calls.length === 0) && { text }),
    ...(reasoning !== undefined && { reasoning }),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(finish !== undefined && { finish_reason: finish }),
    ...(typeof message.id === 'string' && { id: message.id }),
  };
}

function joined(parts: readonly ChatPart[], type: 'text' | 'reasoning'): string | undefined {
  const texts = parts.flatMap((part) => (part.type === type ? [part.text] : []));
  return texts.length === 0 ? undefined : texts.join('');
}

/** Tokens under our names, of `usage_metadata` or of the older `llmOutput.tokenUsage`. */
export function usageOf({ message, all }: ReturnType<typeof generation>): UsageFields | undefined {
  const given = message.usage_metadata;
  const older = isPlainObject(all.llmOutput) ? all.llmOutput.tokenUsage : undefined;
  if (!isPlainObject(given)) return isPlainObject(older) ? olderCounts(older) : undefined;
  const inputs = isPlainObject(given.input_token_details) ? given.input_token_details : {};
  const outputs = isPlainObject(given.output_token_details) ? given.output_token_details : {};
  return counts({
    input: given.input_tokens,
    output: given.output_tokens,
    total: given.total_tokens,
    cache_read: inputs.cache_read,
    cache_write: inputs.cache_creation,
    reasoning: outputs.reasoning,
  });
}

function olderCounts({ promptTokens, completionTokens, totalTokens }: Fields): UsageFields | undefined {
  return counts({ input: promptTokens, output: completionTokens, total: totalTokens });
}

function counts(given: Readonly<Record<string, unknown>>): UsageFields | undefined {
  const known = Object.entries(given).filter(([, count]) => typeof count === 'number' && count >= 0);
  return known.length === 0 ? undefined : Object.fromEntries(known);
}

/** The state of a graph or the value of a chain, with its messages as chat. */
export function shownValue(value: unknown): unknown {
  if (isMessage(value)) return chatMessage(value)[0];
  if (Array.isArray(value)) return value.length > 0 && value.every(isMessage) ? chatMessages(value) : value;
  if (!isPlainObject(value)) return value;
  // A command of LangGraph: where to go, and what to change.
  if (value.lg_name === 'Command') return { goto: value.goto, update: shownValue(value.update) };
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, listed(each)]));
}

function listed(value: unknown): unknown {
  return isMessage(value) || Array.isArray(value) ? shownValue(value) : value;
}

function isMessage(value: unknown): boolean {
  return isObject(value) && 'content' in value && 'response_metadata' in value;
}
