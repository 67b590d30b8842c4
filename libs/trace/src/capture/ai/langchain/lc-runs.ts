import { NOTHING, type SpanOutcome, type SpanStart } from '../../../context/recorder.js';
import { ATTRIBUTE } from '../../../model/attributes.js';
import type { ChatInput } from '../../../model/chat.js';
import { isPlainObject } from '../../../model/objects.js';
import { attributesOf } from '../library-span.js';
import { providerName } from '../../../model/provider-name.js';
import { chatMessages, chatOutput, generation, shownValue, usageOf } from './lc-messages.js';
import { chainType } from './run-kind.js';
import type { Run } from './run.js';

const SOURCE = { [ATTRIBUTE.source]: 'langchain' };
/** Characters of a tool's input that are parsed as JSON. */
const MAX_JSON = 100_000;
const MAX_DOCUMENTS = 20;

/** Name of the class of a serialised component: the last part of its id. */
function classOf(component: unknown): string | undefined {
  const id = isPlainObject(component) ? component.id : undefined;
  return Array.isArray(id) ? text(id.at(-1)) : undefined;
}

export function chainSpan(given: {
  chain: unknown;
  input: unknown;
  tags: string[] | undefined;
  metadata: unknown;
  runType: string | undefined;
  name: string | undefined;
  around: Run['nearest'];
}): SpanStart | undefined {
  const { chain, input, tags = [], metadata, runType, around } = given;
  const className = classOf(chain);
  const name = text(given.name) ?? className;
  const node = isPlainObject(metadata) ? text(metadata.langgraph_node) : undefined;
  const type = chainType({ name, className, runType, tags, node, around });
  if (type === undefined) return undefined;
  return { kind: type, name: name!, input: shownValue(input), attributes: { ...SOURCE } };
}

export function modelSpan(given: {
  model: unknown;
  messages?: unknown;
  prompts?: unknown;
  extra: unknown;
  metadata: unknown;
  name: string | undefined;
}): SpanStart {
  const { extra, metadata } = given;
  const invocation = isPlainObject(extra) && isPlainObject(extra.invocation_params) ? extra.invocation_params : {};
  const about = isPlainObject(metadata) ? metadata : {};
  const model = text(invocation.model) ?? text(invocation.model_name) ?? text(about.ls_model_name);
  return {
    kind: 'llm',
    name: model ?? text(given.name) ?? classOf(given.model) ?? 'llm',
    input: modelInput(given, model, invocation),
    attributes: attributesOf({
      ...SOURCE,
      [ATTRIBUTE.provider]: providerName(about.ls_provider),
      [ATTRIBUTE.model]: model,
    }),
  };
}

/** Settings of a request. Others, such as headers, may be secrets. */
const PARAMETERS = ['temperature', 'max_tokens', 'max_completion_tokens', 'top_p', 'top_k', 'stop', 'seed', 'stream'];

function modelInput(
  { messages, prompts }: { messages?: unknown; prompts?: unknown },
  model: string | undefined,
  invocation: Record<string, unknown>,
): ChatInput {
  const tools = Array.isArray(invocation.tools) ? (invocation.tools as unknown[]).flatMap(toolName) : [];
  const set = PARAMETERS.filter((name) => invocation[name] !== undefined).map(
    (name) => [name, invocation[name]] as const,
  );
  // One run has the messages of one conversation, in a list.
  const [conversation] = Array.isArray(messages) ? (messages as unknown[]) : [];
  const texts = Array.isArray(prompts) ? (prompts as unknown[]).filter((prompt) => typeof prompt === 'string') : [];
  return {
    ...(model !== undefined && { model }),
    messages: [...chatMessages(conversation), ...texts.map((content) => ({ role: 'user' as const, content }))],
    ...(tools.length > 0 && { tools }),
    ...(set.length > 0 && { parameters: Object.fromEntries(set) }),
  };
}

function toolName(tool: unknown): string[] {
  if (!isPlainObject(tool)) return [];
  const name = text(isPlainObject(tool.function) ? tool.function.name : tool.name);
  return name === undefined ? [] : [name];
}

export function llmOutcome(output: unknown): SpanOutcome {
  const answer = generation(output);
  const about = isPlainObject(answer.message.response_metadata) ? answer.message.response_metadata : {};
  const finish = text(about.finish_reason) ?? text(about.stop_reason) ?? text(answer.info.finish_reason);
  const model = text(about.model_name) ?? text(about.model);
  const usage = usageOf(answer);
  return {
    kind: 'ok',
    output: chatOutput(answer, finish),
    usage: usage && { ...usage, ...(model !== undefined && { model }) },
    attributes: attributesOf({ [ATTRIBUTE.responseModel]: model, [ATTRIBUTE.finish]: finish }),
  };
}

export function toolSpan({
  tool,
  input,
  name,
}: {
  tool: unknown;
  input: unknown;
  name: string | undefined;
}): SpanStart {
  const called = text(name) ?? (isPlainObject(tool) ? text(tool.name) : undefined) ?? classOf(tool) ?? 'tool';
  return { kind: 'tool', name: called, input: parsed(input), attributes: { ...SOURCE } };
}

/** LangChain hands over the input as JSON. */
function parsed(input: unknown): unknown {
  if (typeof input !== 'string' || input.length > MAX_JSON || !/^\s*[[{]/.test(input)) return input;
  try {
    return JSON.parse(input) as unknown;
  } catch {
    return input;
  }
}

/** A tool answers a message, whose content is what it says. */
export function toolOutput(output: unknown): unknown {
  const isMessage = isPlainObject(output) && 'tool_call_id' in output && 'content' in output;
  return isMessage ? output.content : shownValue(output);
}

export function retrieverSpan(given: { retriever: unknown; query: unknown; name: string | undefined }): SpanStart {
  const name = text(given.name) ?? classOf(given.retriever) ?? 'retriever';
  return { kind: 'retriever', name, input: given.query ?? NOTHING, attributes: { ...SOURCE } };
}

export function retrieved(documents: unknown): unknown {
  if (!Array.isArray(documents)) return documents;
  const first = (documents as unknown[]).slice(0, MAX_DOCUMENTS);
  return {
    documents: first.map((document) =>
      isPlainObject(document) ? { content: document.pageContent, metadata: document.metadata } : document,
    ),
    ...(documents.length > first.length && { left_out: documents.length - first.length }),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
