import type { ChatMessage, ChatOutput, ChatPart, ChatToolCall } from '../../../model/chat.js';
import { isPlainObject } from '../../../model/objects.js';

type Fields = Record<string, unknown>;

/** Messages that are converted at most. Serialising bounds the rest. */
const MAX_MESSAGES = 500;

/** The messages of a call of the AI SDK: its instructions, then its `ModelMessage`s. */
export function chatMessages(instructions: unknown, messages: unknown): ChatMessage[] {
  const given = Array.isArray(messages) ? (messages as unknown[]) : [];
  const system = Array.isArray(instructions) ? (instructions as unknown[]) : [instructions];
  return [...system.map(instruction), ...given.slice(-MAX_MESSAGES)].flatMap((message) =>
    isPlainObject(message) ? messagesOf(message) : [],
  );
}

function instruction(given: unknown): unknown {
  return typeof given === 'string' ? { role: 'system', content: given } : given;
}

function messagesOf({ role, content }: Fields): ChatMessage[] {
  if (role !== 'system' && role !== 'user' && role !== 'assistant' && role !== 'tool') return [];
  if (!Array.isArray(content)) return [{ role, ...(typeof content === 'string' && { content }) }];
  const parts = (content as unknown[]).filter(isPlainObject);
  const results = parts.filter(({ type }) => type === 'tool-result');
  const rest = contentOf(parts);
  const message: ChatMessage[] = rest.content || rest.tool_calls ? [{ role, ...rest }] : [];
  return [...message, ...results.map(toolMessage)];
}

function contentOf(parts: readonly Fields[]): Pick<ChatMessage, 'content' | 'tool_calls'> {
  const calls = parts.filter(({ type }) => type === 'tool-call').map(toolCall);
  const shown = parts.flatMap(chatPart);
  const text = shown.every((part) => part.type === 'text') ? shown.map((part) => part.text).join('') : undefined;
  return {
    ...(shown.length > 0 && { content: text ?? shown }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

function chatPart(part: Fields): ChatPart[] {
  const { type, text } = part;
  if ((type === 'text' || type === 'reasoning') && typeof text === 'string') return [{ type, text }];
  if (type !== 'image' && type !== 'file' && type !== 'reasoning-file') return [];
  const file = isPlainObject(part.file) ? part.file : part;
  const mediaType = file.mediaType ?? file.mimeType;
  const kind = typeof mediaType === 'string' ? mediaType.split('/')[0] : type;
  const data = part.image ?? file.data ?? file.uint8Array;
  return [
    {
      type: kind === 'image' || kind === 'audio' || kind === 'video' ? kind : 'file',
      ...(typeof mediaType === 'string' && { media_type: mediaType }),
      ...(data instanceof Uint8Array && { bytes: data.byteLength }),
      ...(data instanceof URL && { url: data.href }),
      ...(typeof part.filename === 'string' && { name: part.filename }),
    },
  ];
}

function toolCall({ toolCallId, toolName, input }: Fields): ChatToolCall {
  return {
    ...(typeof toolCallId === 'string' && { id: toolCallId }),
    name: typeof toolName === 'string' ? toolName : 'tool',
    arguments: input,
  };
}

/** The result has its value under `output`, with a type that says how it is meant. */
function toolMessage({ toolCallId, toolName, output }: Fields): ChatMessage {
  const value = isPlainObject(output) && 'type' in output ? output.value : output;
  return {
    role: 'tool',
    ...(typeof toolName === 'string' && { name: toolName }),
    ...(typeof toolCallId === 'string' && { tool_call_id: toolCallId }),
    ...(value !== undefined && { content: typeof value === 'string' ? value : (JSON.stringify(value) ?? '') }),
  };
}

/** The content parts of a model's answer. */
export function chatOutput(content: unknown): ChatOutput {
  const parts = Array.isArray(content) ? (content as unknown[]).filter(isPlainObject) : [];
  const calls = parts.filter(({ type }) => type === 'tool-call').map(toolCall);
  const text = joined(parts, 'text');
  const reasoning = joined(parts, 'reasoning');
  return {
    ...(text !== undefined && { text }),
    ...(reasoning !== undefined && { reasoning }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

function joined(parts: readonly Fields[], wanted: string): string | undefined {
  const texts = parts.filter(({ type, text }) => type === wanted && typeof text === 'string');
  return texts.length === 0 ? undefined : texts.map(({ text }) => text as string).join('');
}
