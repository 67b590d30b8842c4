import type { ChatMessage, ChatOutput } from './chat-types.js';
import { unwrapped } from './langchain.js';
import { readMessages, roleOfMessage } from './messages.js';
import { readRequest } from './request.js';
import { readResponse } from './response.js';
import { compact, field, fieldsOf, itemsOf, textAt, textOf, wordOf } from './values.js';

/**
 * The conversation of a model call with `input` and `output`, from any source: capture in the canonical form, a traced
 * method with the request and response of a provider, the AI SDK or LangChain. `undefined`: it is no conversation with a
 * model. Pure: it changes nothing, and needs no platform.
 */
export function readChat(event: { data: unknown }): { input: ChatMessage[]; output?: ChatOutput } | undefined {
  const input = readInput(field(event.data, 'input'));
  const output = readOutput(field(event.data, 'output'));
  if (input.length === 0 && !isAnswer(output)) return undefined;
  return output === undefined ? { input } : { input, output };
}

/** Values around a request that are looked into: the arguments of a method, or an object of options. */
const AROUND = ['body', 'request', 'params', 'payload', 'json'] as const;

function readInput(input: unknown): ChatMessage[] {
  if (typeof input === 'string') return readMessages(input);
  if (Array.isArray(input)) return readList(input);
  const messages = readBody(input);
  if (messages.length > 0) return messages;
  for (const name of AROUND) {
    const inner = readBody(field(input, name));
    if (inner.length > 0) return inner;
  }
  return [];
}

/** A list of messages, or the arguments of a method, one of which is a request or a list of messages. */
function readList(list: unknown[]): ChatMessage[] {
  const first = list[0];
  // LangChain gives lists of messages to a batch; the first is shown.
  if (isMessage(first)) return readMessages(list);
  for (const argument of itemsOf(list).slice(0, 8)) {
    const found = Array.isArray(argument) && isMessage(argument[0]) ? readMessages(argument) : readBody(argument);
    if (found.length > 0) return found;
  }
  const text = textOf(first);
  return text === undefined ? [] : readMessages(text);
}

function isMessage(value: unknown): boolean {
  const fields = unwrapped(value);
  return fields !== undefined && roleOfMessage(fields) !== undefined;
}

/** Fields that a request to a model has. An object without any of them is data of the application. */
const REQUEST = ['messages', 'contents', 'prompt', 'input', 'chat_history', 'inputText', 'message'] as const;

function readBody(body: unknown): ChatMessage[] {
  const fields = fieldsOf(body);
  if (!fields) return [];
  if (isMessage(fields)) return readMessages(fields);
  if (!REQUEST.some((name) => Object.hasOwn(fields, name))) return [];
  if (fieldsOf(fields.input) && !isMessage(fields.input)) return readBody(fields.input);
  return readRequest(fields).messages;
}

function readOutput(output: unknown): ChatOutput | undefined {
  const text = textOf(output);
  if (text !== undefined) return { text };
  const message = Array.isArray(output) ? (output as unknown[])[0] : output;
  const body = unwrapped(message);
  const finish = textAt(body, 'finish_reason');
  const read: ChatOutput = readResponse(body) ?? (finish === undefined ? {} : { finish_reason: finish });
  const error = readError(field(body, 'error'));
  const said = compact<ChatOutput>({ ...read, ...(error && { error }) });
  return Object.keys(said).length > 0 ? said : undefined;
}

function readError(error: unknown): ChatOutput['error'] {
  const text = textOf(error);
  if (text !== undefined) return { message: text };
  if (!fieldsOf(error)) return undefined;
  const status = field(error, 'status');
  return compact({
    code: wordOf(field(error, 'code')),
    type: textAt(error, 'type'),
    message: textAt(error, 'message'),
    status: typeof status === 'number' ? status : undefined,
  });
}

function isAnswer(output: ChatOutput | undefined): boolean {
  return output !== undefined && (output.text ?? output.tool_calls ?? output.reasoning ?? output.refusal) !== undefined;
}
