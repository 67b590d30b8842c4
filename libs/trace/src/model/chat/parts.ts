import type { ChatPart, ChatToolCall } from './chat-types.js';
import { readMedia } from './media.js';
import { asText, at, compact, field, fieldsOf, itemsOf, parsed, textAt, textOf, type Fields } from './values.js';

/** The result of a tool, as a part of a message or an item of its own. */
export interface ToolResult {
  id?: string;
  name?: string;
  content?: string | ChatPart[];
}

/** What is in the content of a message, in any provider's words. */
export interface Content {
  parts: ChatPart[];
  calls: ChatToolCall[];
  results: ToolResult[];
}

/** Levels of results inside results that are read. */
const MAX_DEPTH = 4;

/** Reads the content of a message: a text, a part, or an array of parts. */
export function readContent(
  content: unknown,
  into: Content = { parts: [], calls: [], results: [] },
  depth = 0,
): Content {
  for (const part of Array.isArray(content) ? itemsOf(content) : [content]) readPart(part, into, depth);
  return into;
}

/** Parts as the canonical form has them: a text where they are nothing but text. */
export function packParts(parts: readonly ChatPart[]): string | ChatPart[] | undefined {
  if (parts.length === 0) return undefined;
  const texts: string[] = [];
  for (const part of parts) {
    if (part.type !== 'text') return [...parts];
    texts.push(part.text);
  }
  return texts.join('\n');
}

/** Tool calls in the form of OpenAI, Ollama, Cohere or LangChain. */
export function readToolCalls(calls: unknown): ChatToolCall[] {
  return itemsOf(calls).flatMap((call) => readToolCall(call) ?? []);
}

export function readToolCall(call: unknown): ChatToolCall | undefined {
  const inner = fieldsOf(field(call, 'function')) ?? fieldsOf(field(call, 'custom')) ?? fieldsOf(call);
  const name = textAt(inner, 'name', 'toolName', 'tool_name');
  if (!inner || name === undefined) return undefined;
  const id = textAt(call, 'id', 'call_id', 'toolCallId', 'tool_call_id', 'toolUseId');
  const given = ['arguments', 'args', 'input', 'parameters'].find((key) => Object.hasOwn(inner, key));
  return { ...(id !== undefined && { id }), name, arguments: parsed(given && inner[given]) };
}

/** Parts of this type ask the application for a tool. Tools that the provider runs itself are not calls. */
const CALLS = new Set(['tool_use', 'tool-call', 'tool_call', 'function_call', 'custom_tool_call', 'toolcall']);
/** Tools that have no name of their own and are run by the application. */
const UNNAMED_CALLS = new Set(['computer_call', 'local_shell_call', 'shell_call', 'apply_patch_call']);
const RESULTS = new Set([
  'tool_result',
  'tool-result',
  'tool_call_response',
  'function_call_output',
  'custom_tool_call_output',
]);
const TEXTS = new Set(['text', 'input_text', 'output_text', 'summary_text', 'reasoning_text']);
const REASONING = new Set(['thinking', 'reasoning']);

function readPart(part: unknown, into: Content, depth: number): void {
  const text = textOf(part);
  if (text !== undefined) return void into.parts.push({ type: 'text', text });
  const fields = fieldsOf(part);
  if (!fields) return;
  const type = textAt(fields, 'type');
  if (type !== undefined && readTyped(type, fields, into, depth)) return;
  readUntyped(fields, into, depth);
}

function readTyped(type: string, fields: Fields, into: Content, depth: number): boolean {
  // OpenTelemetry's parts have their text in `content`.
  if (TEXTS.has(type)) addText(into, 'text', textAt(fields, 'text', 'content'));
  else if (REASONING.has(type)) addReasoning(into, fields);
  else if (type === 'refusal') addText(into, 'refusal', textAt(fields, 'refusal', 'text'));
  else if (CALLS.has(type)) addCall(into, fields);
  else if (UNNAMED_CALLS.has(type)) addUnnamedCall(into, type, fields);
  else if (RESULTS.has(type) || type.endsWith('_call_output')) addResult(into, fields, depth);
  else return addMedia(into, fields);
  return true;
}

/** Parts of Gemini and Bedrock are named by the field that is there. */
function readUntyped(fields: Fields, into: Content, depth: number): void {
  const text = textAt(fields, 'text');
  if (text !== undefined) return addText(into, fields.thought === true ? 'reasoning' : 'text', text);
  const reasoning = field(fields, 'reasoningContent');
  if (reasoning !== undefined)
    return addText(into, 'reasoning', textOf(at(reasoning, 'reasoningText', 'text')) ?? textAt(reasoning, 'text'));
  const call = fieldsOf(field(fields, 'functionCall')) ?? fieldsOf(field(fields, 'toolUse'));
  if (call) return addCall(into, call);
  const result = fieldsOf(field(fields, 'functionResponse')) ?? fieldsOf(field(fields, 'toolResult'));
  if (result) return addResult(into, result, depth);
  if (Object.hasOwn(fields, 'json')) return addText(into, 'text', asText(fields.json));
  addMedia(into, fields);
}

function addText(into: Content, type: 'text' | 'reasoning' | 'refusal', text: string | undefined): void {
  if (text !== undefined) into.parts.push({ type, text });
}

function addReasoning(into: Content, fields: Fields): void {
  const text = textAt(fields, 'thinking', 'text', 'reasoning', 'content');
  const nested = [...itemsOf(fields.summary), ...itemsOf(fields.content), ...itemsOf(fields.thinking)];
  addText(into, 'reasoning', text ?? textOf(nested.flatMap((item) => textAt(item, 'text') ?? []).join('\n')));
}

function addCall(into: Content, fields: Fields): void {
  const id = textAt(fields, 'call_id', 'toolCallId', 'toolUseId', 'id');
  const call = readToolCall(fields);
  if (call) into.calls.push({ ...(id !== undefined && { id }), name: call.name, arguments: call.arguments });
}

function addUnnamedCall(into: Content, type: string, fields: Fields): void {
  const id = textAt(fields, 'call_id', 'id');
  const given = fields.action ?? fields.actions ?? fields.operation;
  into.calls.push({ ...(id !== undefined && { id }), name: type.replace(/_call$/, ''), arguments: parsed(given) });
}

function addResult(into: Content, fields: Fields, depth: number): void {
  const given = fields.output ?? fields.result ?? fields.content ?? fields.response;
  const value = field(given, 'value') ?? given;
  into.results.push(
    compact<ToolResult>({
      id: textAt(fields, 'tool_use_id', 'toolUseId', 'toolCallId', 'call_id', 'tool_call_id', 'id'),
      name: textAt(fields, 'name', 'toolName'),
      content: contentOfResult(value, depth),
    }),
  );
}

/** Text and parts of a tool's result; JSON where it is a value of another form. */
export function contentOfResult(value: unknown, depth = 0): string | ChatPart[] | undefined {
  if (Array.isArray(value) && depth < MAX_DEPTH) {
    const { parts } = readContent(value, undefined, depth + 1);
    if (parts.length > 0 && parts.length >= Math.min(value.length, 1)) return packParts(parts);
  }
  return asText(value);
}

function addMedia(into: Content, fields: Fields): boolean {
  const media = readMedia(fields);
  if (media) into.parts.push(media);
  return media !== undefined;
}
