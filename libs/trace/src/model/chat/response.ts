import type { ChatOutput, ChatPart, ChatToolCall } from './chat-types.js';
import { readContent, readToolCalls, readToolCall, type Content } from './parts.js';
import { at, compact, field, fieldsOf, itemsOf, textAt, textOf, type Fields } from './values.js';

/** Choices of one response that are read at most. */
const MAX_CHOICES = 16;

/** Content of a response, and why the model stopped. */
interface Answer {
  content: Content;
  finish?: string;
}

/** Forms of responses. The first that answers reads the body. */
const FORMS: readonly ((body: Fields) => Answer[] | undefined)[] = [
  openAiChoices,
  openAiResponse,
  geminiCandidates,
  converse,
  anthropicMessage,
  cohereOrOllamaMessage,
  textModels,
  langChainResult,
];

/** The canonical form of a response of a model, in any provider's words; `undefined`: it has no answer. */
export function readResponse(body: unknown): ChatOutput | undefined {
  const fields = fieldsOf(body);
  if (!fields) return undefined;
  for (const read of FORMS) {
    const answers = read(fields);
    if (!answers) continue;
    const [first, ...rest] = answers.slice(0, MAX_CHOICES).map(output);
    const id = textAt(fields, 'id', 'responseId', 'generation_id');
    return compact<ChatOutput>({ ...first, id, alternatives: rest.length > 0 ? rest : undefined });
  }
  return undefined;
}

/** Answer of a model without the details of its provider. */
function output({ content, finish }: Answer): ChatOutput {
  return compact<ChatOutput>({
    text: textOfParts(content.parts, 'text'),
    reasoning: textOfParts(content.parts, 'reasoning'),
    refusal: textOfParts(content.parts, 'refusal'),
    tool_calls: content.calls.length > 0 ? content.calls : undefined,
    finish_reason: finish,
  });
}

/** Parts of one answer belong together: Gemini streams a text as many parts. */
function textOfParts(parts: readonly ChatPart[], type: 'text' | 'reasoning' | 'refusal'): string | undefined {
  let text = '';
  for (const part of parts) if (part.type === type) text += part.text;
  return textOf(text);
}

function openAiChoices(body: Fields): Answer[] | undefined {
  if (!Array.isArray(body.choices)) return undefined;
  return itemsOf(body.choices)
    .slice(0, MAX_CHOICES)
    .map((choice) => {
      const message = field(choice, 'message') ?? field(choice, 'delta');
      const finish = textAt(choice, 'finish_reason', 'stop_reason');
      return { content: message === undefined ? readContent(textAt(choice, 'text')) : readAnswer(message), finish };
    });
}

/** The message of an assistant: its content, with what providers put beside it. */
function readAnswer(message: unknown): Content {
  const content = readContent(field(message, 'content'));
  const reasoning = textAt(message, 'reasoning_content', 'reasoning', 'thinking', 'tool_plan');
  if (reasoning !== undefined) content.parts.unshift({ type: 'reasoning', text: reasoning });
  const refusal = textAt(message, 'refusal');
  if (refusal !== undefined) content.parts.push({ type: 'refusal', text: refusal });
  const spoken = textAt(field(message, 'audio'), 'transcript');
  if (spoken !== undefined) content.parts.push({ type: 'text', text: spoken });
  const beside: ChatToolCall[] = readToolCalls(field(message, 'tool_calls'));
  const asked = readToolCall(field(message, 'function_call'));
  if (asked) beside.push(asked);
  if (beside.length > 0) content.calls = beside;
  return content;
}

/** Statuses of a response that has not stopped yet. */
const OPEN = new Set([undefined, 'in_progress', 'queued']);

function openAiResponse(body: Fields): Answer[] | undefined {
  if (!Array.isArray(body.output)) return undefined;
  const content: Content = { parts: [], calls: [], results: [] };
  for (const item of itemsOf(body.output)) {
    if (textAt(item, 'type') === 'message') readContent(field(item, 'content'), content);
    else readContent(item, content);
  }
  const status = textAt(body, 'status');
  const finish = textAt(body.incomplete_details, 'reason') ?? (OPEN.has(status) ? undefined : status);
  return [{ content, finish }];
}

function geminiCandidates(body: Fields): Answer[] | undefined {
  const blocked = textAt(body.promptFeedback, 'blockReason');
  if (!Array.isArray(body.candidates)) return blocked === undefined ? undefined : [refused(blocked)];
  if (body.candidates.length === 0 && blocked !== undefined) return [refused(blocked)];
  return itemsOf(body.candidates)
    .slice(0, MAX_CHOICES)
    .map((candidate) => ({
      content: readContent(at(candidate, 'content', 'parts')),
      finish: textAt(candidate, 'finishReason'),
    }));
}

function refused(reason: string): Answer {
  return { content: readContent([]), finish: reason };
}

function converse(body: Fields): Answer[] | undefined {
  const message = field(body.output, 'message');
  return message === undefined
    ? undefined
    : [{ content: readContent(field(message, 'content')), finish: textAt(body, 'stopReason') }];
}

function anthropicMessage(body: Fields): Answer[] | undefined {
  if (body.content === undefined || body.message !== undefined) return undefined;
  const finish = textAt(body, 'stop_reason') ?? textAt(body.response_metadata, 'finish_reason', 'stop_reason');
  const known = textAt(body, 'role', 'type') !== undefined || finish !== undefined || Array.isArray(body.content);
  return known ? [{ content: readAnswer(body), finish }] : undefined;
}

function cohereOrOllamaMessage(body: Fields): Answer[] | undefined {
  if (!fieldsOf(body.message)) return undefined;
  return [{ content: readAnswer(body.message), finish: textAt(body, 'finish_reason', 'done_reason', 'stop_reason') }];
}

/** Models that answer with a text: Cohere's version 1, Titan, Llama, Mistral on Bedrock, Ollama's `generate`, the AI SDK. */
function textModels(body: Fields): Answer[] | undefined {
  const first = itemsOf(body.results ?? body.outputs ?? body.generations)[0];
  const text =
    textAt(body, 'text', 'generation', 'response', 'completion', 'outputText') ??
    textAt(first, 'outputText', 'text') ??
    (typeof body.response === 'string' || typeof body.generation === 'string' ? '' : undefined);
  const reasoning = textAt(body, 'reasoningText', 'reasoning', 'thinking');
  const calls = readToolCalls(body.tool_calls ?? body.toolCalls);
  const refusal = textAt(body, 'refusal');
  const finish =
    textAt(body, 'finish_reason', 'finishReason', 'done_reason', 'stop_reason', 'completionReason') ??
    textAt(first, 'completionReason', 'stop_reason', 'finish_reason');
  if (text === undefined && reasoning === undefined && refusal === undefined && calls.length === 0) return undefined;
  const content = readContent(text ?? []);
  if (reasoning !== undefined) content.parts.push({ type: 'reasoning', text: reasoning });
  if (refusal !== undefined) content.parts.push({ type: 'refusal', text: refusal });
  return [{ content: { ...content, calls }, finish }];
}

/** LangChain's result of a model: lists of generations, each with a message. */
function langChainResult(body: Fields): Answer[] | undefined {
  const generation = at(body, 'generations', 0, 0);
  if (generation === undefined) return undefined;
  const message = field(generation, 'message');
  const content = message === undefined ? readContent(textAt(generation, 'text')) : readAnswer(kwargs(message));
  return [{ content, finish: textAt(field(generation, 'generationInfo'), 'finish_reason') }];
}

function kwargs(message: unknown): unknown {
  return fieldsOf(field(message, 'kwargs')) ?? message;
}
