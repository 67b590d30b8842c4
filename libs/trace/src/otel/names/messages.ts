import { readMessages, readSystem, type ChatInput, type ChatMessage, type ChatOutput } from '../../model/chat.js';
import type { Attributes } from '../../model/attributes.js';
import { isPlainObject } from '../../model/objects.js';
import type { OtelAttributes, OtelSpan } from '../otel-span.js';
import { NAMES } from './attribute-names.js';
import { listUnder } from './indexed.js';
import { asAttribute, firstOf, parsedValue, textOfFirst } from './values.js';

/** Settings of a request that are shown with its messages. */
const PARAMETERS = ['temperature', 'top_p', 'top_k', 'max_tokens', 'frequency_penalty', 'presence_penalty', 'seed'].map(
  (name) => [name, `gen_ai.request.${name}`] as const,
);

/** What a model was asked, in the form in which capture records it; `undefined`: the span has no messages. */
export function chatInput(span: OtelSpan): ChatInput | undefined {
  const { attributes } = span;
  const messages = messagesIn(span, INPUT);
  const system = readSystem(parsedValue(attributes['gen_ai.system_instructions']));
  if (system.length + messages.length === 0) return undefined;
  const model = textOfFirst(attributes, NAMES.model);
  let parameters: Attributes | undefined;
  for (const [name, under] of PARAMETERS) {
    const value = asAttribute(attributes[under]);
    if (value !== undefined) (parameters ??= {})[name] = value;
  }
  const all = system.length === 0 ? messages : [...system, ...messages];
  const input: ChatInput = model === undefined ? { messages: all } : { model, messages: all };
  if (parameters) input.parameters = parameters;
  return input;
}

/** What the model answered; `undefined`: the span has no answer. */
export function chatOutput(span: OtelSpan): ChatOutput | undefined {
  const { attributes } = span;
  const answer = answerOf(messagesIn(span, OUTPUT)) ?? aiSdkAnswer(attributes);
  if (!answer) return undefined;
  const finish = asAttribute(firstOf(attributes, NAMES.finish));
  const id = textOfFirst(attributes, NAMES.responseId);
  return { ...answer, ...(typeof finish === 'string' && { finish_reason: finish }), ...(id !== undefined && { id }) };
}

/** Where a conversation may be: in JSON, in numbered attributes, in events of the span. */
interface Places {
  readonly json: readonly string[];
  readonly numbered: readonly string[];
  /** Names of events that are one message each, with its role. */
  readonly events: Readonly<Record<string, ChatMessage['role']>>;
  readonly role: ChatMessage['role'];
}

const INPUT: Places = {
  json: ['gen_ai.input.messages', 'ai.prompt.messages', 'gen_ai.prompt'],
  numbered: ['llm.input_messages', 'gen_ai.prompt'],
  events: {
    'gen_ai.system.message': 'system',
    'gen_ai.user.message': 'user',
    'gen_ai.assistant.message': 'assistant',
    'gen_ai.tool.message': 'tool',
    'gen_ai.content.prompt': 'user',
  },
  role: 'user',
};
const OUTPUT: Places = {
  json: ['gen_ai.output.messages', 'gen_ai.completion'],
  numbered: ['llm.output_messages', 'gen_ai.completion'],
  events: { 'gen_ai.choice': 'assistant', 'gen_ai.content.completion': 'assistant' },
  role: 'assistant',
};

function messagesIn({ attributes, events }: OtelSpan, { json, numbered, events: named, role }: Places): ChatMessage[] {
  const whole = firstOf(attributes, json) ?? inEvents(events, json);
  if (whole !== undefined) return readMessages(bodyOf(parsedValue(whole)), role);
  for (const prefix of numbered) {
    const list = listUnder(attributes, prefix);
    if (list) return readMessages(list.map(unfolded), role);
  }
  return events.flatMap((event) => {
    if (!Object.hasOwn(named, event.name)) return [];
    const said = Object.fromEntries(
      Object.entries(event.attributes).map(([name, value]) => [name, parsedValue(value)]),
    );
    const message = isPlainObject(said.message) ? said.message : said;
    return readMessages([{ ...message, role: named[event.name] }], role);
  });
}

/** Some put the messages into an event of the span, under the same names. */
function inEvents(events: OtelSpan['events'], names: readonly string[]): ReturnType<typeof firstOf> {
  for (const { attributes } of events) {
    const found = firstOf(attributes, names);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A request may be around the messages. */
function bodyOf(value: unknown): unknown {
  return isPlainObject(value) && Array.isArray(value.messages) ? value.messages : value;
}

/** One message of numbered attributes: OpenInference has it inside `message`, its parts and calls inside objects of their kind. */
function unfolded(item: unknown): unknown {
  const message = isPlainObject(item) && isPlainObject(item.message) ? item.message : item;
  if (!isPlainObject(message)) return message;
  const {
    contents,
    content,
    tool_calls: calls,
    function_call_name: name,
    function_call_arguments_json: given,
  } = message;
  const parts = Array.isArray(contents) ? contents.map(partOf) : undefined;
  return {
    ...message,
    content: parts ?? (typeof content === 'string' ? partsOf(content) : content),
    ...(Array.isArray(calls) && { tool_calls: calls.map((call) => inside(call, 'tool_call')) }),
    ...(typeof name === 'string' && { function_call: { name, arguments: given } }),
  };
}

/** Messages with parts are JSON in a text; a text of the contact that looks like JSON stays a text. */
function partsOf(content: string): unknown {
  const value = content.startsWith('[{"') ? parsedValue(content) : content;
  return Array.isArray(value) && value.every((part) => isPlainObject(part) && typeof part.type === 'string')
    ? value
    : content;
}

function partOf(part: unknown): unknown {
  const content = inside(part, 'message_content');
  if (!isPlainObject(content) || !isPlainObject(content.image)) return content;
  return { ...content, type: 'image', image: inside(content.image, 'image') };
}

function inside(value: unknown, name: string): unknown {
  return isPlainObject(value) && isPlainObject(value[name]) ? value[name] : value;
}

function answerOf(messages: readonly ChatMessage[]): ChatOutput | undefined {
  const [first, ...rest] = messages.filter(({ role }) => role === 'assistant').map(outputOf);
  return first && { ...first, ...(rest.length > 0 && { alternatives: rest }) };
}

function outputOf({ content, tool_calls: calls }: ChatMessage): ChatOutput {
  const parts = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : (content ?? []);
  const said: ChatOutput = {};
  for (const part of parts) if ('text' in part) said[part.type] = (said[part.type] ?? '') + part.text;
  return { ...said, ...(calls && { tool_calls: calls }) };
}

const AI_SDK_TEXT = ['ai.response.text', 'ai.response.object', 'ai.result.text'];

/** The AI SDK of versions 4 to 6 has the parts of an answer in attributes of their own. */
function aiSdkAnswer(attributes: OtelAttributes): ChatOutput | undefined {
  const text = textOfFirst(attributes, AI_SDK_TEXT);
  const reasoning = textOfFirst(attributes, ['ai.response.reasoning']);
  const calls = parsedValue(attributes['ai.response.toolCalls']);
  const asked = Array.isArray(calls)
    ? readMessages([{ role: 'assistant', tool_calls: calls }])[0]?.tool_calls
    : undefined;
  if ((text ?? reasoning ?? asked) === undefined) return undefined;
  return {
    ...(text !== undefined && { text }),
    ...(reasoning !== undefined && { reasoning }),
    ...(asked && { tool_calls: asked }),
  };
}
