import type { ChatMessage } from './chat-types.js';
import { readImage } from './media.js';
import { contentOfResult, packParts, readContent, readToolCall, readToolCalls, type Content } from './parts.js';
import { compact, field, fieldsOf, itemsOf, textAt, textOf, type Fields } from './values.js';

type Role = ChatMessage['role'];

/** Words of providers and libraries for roles. */
const ROLES: Readonly<Record<string, Role>> = {
  system: 'system',
  developer: 'developer',
  user: 'user',
  human: 'user',
  assistant: 'assistant',
  ai: 'assistant',
  model: 'assistant',
  chatbot: 'assistant',
  bot: 'assistant',
  tool: 'tool',
  function: 'tool',
};

/** A role in any provider's words; `undefined`: it is none. */
function roleOf(word: unknown): Role | undefined {
  const name = textOf(word)?.toLowerCase();
  return name !== undefined && Object.hasOwn(ROLES, name) ? ROLES[name] : undefined;
}

/** Messages of a text, one message, or an array of messages, parts and items. */
export function readMessages(value: unknown, role: Role = 'user'): ChatMessage[] {
  const messages: ChatMessage[] = [];
  for (const item of Array.isArray(value) ? itemsOf(value) : [value]) addMessage(messages, item, role);
  return messages;
}

/** A system prompt: a text, blocks of text, or a message without a role. */
export function readSystem(value: unknown): ChatMessage[] {
  const content = packParts(readContent(field(value, 'parts') ?? value).parts);
  return content === undefined ? [] : [{ role: 'system', content }];
}

function addMessage(messages: ChatMessage[], item: unknown, role: Role): void {
  const fields = unwrapped(item);
  if (!fields) {
    const text = textOf(item);
    if (text !== undefined) messages.push({ role, content: text });
    return;
  }
  const own = roleOfMessage(fields);
  if (own === undefined && !isMessage(fields)) return addItem(messages, fields, role);
  const content = readContent(fields.content ?? fields.parts ?? fields.message);
  for (const image of itemsOf(fields.images)) content.parts.push(readImage(image));
  const reasoning = textAt(fields, 'reasoning_content', 'reasoning', 'thinking');
  if (reasoning !== undefined) content.parts.unshift({ type: 'reasoning', text: reasoning });
  const refusal = textAt(fields, 'refusal');
  if (refusal !== undefined) content.parts.push({ type: 'refusal', text: refusal });
  // LangChain and the AI SDK repeat the calls of the content beside it.
  const beside = readToolCalls(fields.tool_calls ?? fields.toolCalls);
  if (beside.length > 0) content.calls = beside;
  const asked = readToolCall(fields.function_call);
  if (asked) content.calls.push(asked);
  if (own === 'tool') return addToolMessage(messages, fields, content);
  addContent(messages, content, own ?? role, textAt(fields, 'name'));
  addToolResults(messages, fields.tool_results);
}

/** A message of LangChain that was made for storage has its fields in `kwargs`; the name of its class is in `id`. */
function unwrapped(item: unknown): Fields | undefined {
  const fields = fieldsOf(item);
  const inner = fieldsOf(field(fields, 'kwargs'));
  if (!fields || !inner || !Array.isArray(fields.id)) return fields;
  return { type: classRole(fields.id.at(-1)), ...inner };
}

function classRole(name: unknown): string | undefined {
  return /^(Human|AI|System|Tool|Function)Message/.exec(textOf(name) ?? '')?.[1]?.toLowerCase();
}

/** Whether an object without a role is a message: parts and items of calls have a type, and may have a content as well. */
function isMessage({ type, content, parts }: Fields): boolean {
  return (type === undefined || type === 'message') && (content !== undefined || parts !== undefined);
}

/** The role of a message, under the name that its provider or LangChain has for it. */
export function roleOfMessage(fields: Fields): Role | undefined {
  return roleOf(fields.role) ?? roleOf(fields.type) ?? roleOf(field(fields, '_getType'));
}

/** An item that is no message: a part, a call or a result of a tool, as Responses of OpenAI lists them. */
function addItem(messages: ChatMessage[], fields: Fields, role: Role): void {
  const content = readContent(fields);
  const assistant = content.calls.length > 0 || content.parts.some(({ type }) => type === 'reasoning');
  const previous = messages.at(-1);
  // Calls of one turn are items in a row.
  if (assistant && previous?.role === 'assistant' && content.parts.length === 0) {
    previous.tool_calls = [...(previous.tool_calls ?? []), ...content.calls];
    return;
  }
  // A reference to an earlier item has nothing to show.
  if (content.parts.length + content.calls.length + content.results.length === 0) return;
  addContent(messages, content, assistant ? 'assistant' : role);
}

function addContent(messages: ChatMessage[], content: Content, role: Role, name?: string): void {
  for (const { id, name: tool, content: result } of content.results)
    messages.push(compact<ChatMessage>({ role: 'tool', content: result, name: tool, tool_call_id: id }));
  if (content.parts.length === 0 && content.calls.length === 0) {
    if (content.results.length === 0) messages.push(compact<ChatMessage>({ role, name }));
    return;
  }
  messages.push(
    compact<ChatMessage>({
      role,
      content: packParts(content.parts),
      name,
      tool_calls: content.calls.length > 0 ? content.calls : undefined,
    }),
  );
}

function addToolMessage(messages: ChatMessage[], fields: Fields, content: Content): void {
  if (content.results.length > 0) return addContent(messages, { ...content, parts: [], calls: [] }, 'tool');
  if (Array.isArray(fields.tool_results)) return addToolResults(messages, fields.tool_results);
  messages.push(
    compact<ChatMessage>({
      role: 'tool',
      content: packParts(content.parts) ?? contentOfResult(fields.content),
      name: textAt(fields, 'name', 'tool_name', 'toolName'),
      tool_call_id: textAt(fields, 'tool_call_id', 'toolCallId', 'id'),
    }),
  );
}

/** Results of tools as version 1 of Cohere's chat has them: each with the call that it answers. */
function addToolResults(messages: ChatMessage[], results: unknown): void {
  for (const result of itemsOf(results))
    messages.push(
      compact<ChatMessage>({
        role: 'tool',
        content: contentOfResult(field(result, 'outputs') ?? field(result, 'result')),
        name: textAt(field(result, 'call'), 'name') ?? textAt(result, 'toolName'),
        tool_call_id: textAt(result, 'toolCallId'),
      }),
    );
}
