import { type ChatMessage, type ChatOutput, type ChatPart, type ChatToolCall, readChat } from '../../model/chat.js';
import type { OtelAttributes } from '../otel-span.js';
import { jsonText } from './json-text.js';

/** A part of a message in the words of OpenTelemetry. */
type Part = Readonly<Record<string, unknown>> & { readonly type: string };

const SYSTEM: ReadonlySet<ChatMessage['role']> = new Set(['system', 'developer']);

/**
 * The conversation of a model call as `gen_ai.*`, as JSON in a text: attributes of spans cannot nest in every receiver.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/
 */
export function messageAttributes(input: unknown, output: unknown): OtelAttributes {
  const chat = readChat({ data: { input, output } });
  if (!chat) return {};
  const system = chat.input.filter(({ role }) => SYSTEM.has(role)).flatMap(({ content }) => contentParts(content));
  const messages = chat.input.filter(({ role }) => !SYSTEM.has(role)).map(messageOf);
  return {
    ...(system.length > 0 && { 'gen_ai.system_instructions': jsonText(system) }),
    ...(messages.length > 0 && { 'gen_ai.input.messages': jsonText(messages) }),
    ...(chat.output && { 'gen_ai.output.messages': jsonText(answersOf(chat.output)) }),
  };
}

function messageOf({ role, content, name, tool_calls: calls = [], tool_call_id: id }: ChatMessage): object {
  const said = contentParts(content);
  const parts =
    role === 'tool'
      ? [{ type: 'tool_call_response', ...(id !== undefined && { id }), response: responseOf(content) }]
      : [...said, ...calls.map(callPart)];
  return { role, parts, ...(name !== undefined && { name }) };
}

function responseOf(content: ChatMessage['content']): unknown {
  return content ?? '';
}

function contentParts(content: ChatMessage['content']): Part[] {
  if (content === undefined) return [];
  return typeof content === 'string' ? [{ type: 'text', content }] : content.map(partOf);
}

function partOf(part: ChatPart): Part {
  if ('text' in part) return { type: part.type, content: part.text };
  const { type, media_type: mime, url, bytes, name } = part;
  return {
    type: url === undefined ? 'file' : 'uri',
    modality: type,
    ...(mime !== undefined && { mime_type: mime }),
    ...(url !== undefined && { uri: url }),
    ...(name !== undefined && { file_id: name }),
    ...(bytes !== undefined && { bytes }),
  };
}

function callPart({ id, name, arguments: given }: ChatToolCall): Part {
  return { type: 'tool_call', ...(id !== undefined && { id }), name, arguments: given };
}

function answersOf(output: ChatOutput): object[] {
  return [output, ...(output.alternatives ?? [])].map(
    ({ text, reasoning, refusal, tool_calls: calls, finish_reason }) => ({
      role: 'assistant',
      parts: [
        ...(reasoning === undefined ? [] : [{ type: 'reasoning', content: reasoning }]),
        ...(text === undefined ? [] : [{ type: 'text', content: text }]),
        ...(refusal === undefined ? [] : [{ type: 'refusal', content: refusal }]),
        ...(calls ?? []).map(callPart),
      ],
      ...(finish_reason !== undefined && { finish_reason }),
    }),
  );
}
