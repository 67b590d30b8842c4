import type { SpanStart } from '../../../context/recorder.js';
import { NOTHING } from '../../../context/recorder.js';
import { ATTRIBUTE } from '../../../model/attributes.js';
import type { ChatInput, ChatOutput } from '../../../model/chat.js';
import { isPlainObject } from '../../../model/objects.js';
import type { UsageFields } from '../../../model/usage.js';
import { attributesOf } from '../library-span.js';
import { providerName } from '../../../model/provider-name.js';
import { chatMessages, chatOutput } from './ai-messages.js';

/** An event of the AI SDK's telemetry. Its members vary from one kind of event and one release to the next. */
export type AiEvent = Readonly<Record<string, unknown>>;

const SOURCE = { [ATTRIBUTE.source]: 'ai' };

/** Operations whose model calls the SDK reports. The others are seen at the wire. */
const OPERATIONS: Readonly<Record<string, 'text' | 'embedding'>> = {
  'ai.generateText': 'text',
  'ai.streamText': 'text',
  'ai.embed': 'embedding',
  'ai.embedMany': 'embedding',
};

/** `undefined`: the operation is not recorded. */
export function operationKind({ callId, operationId }: AiEvent): 'text' | 'embedding' | undefined {
  // The AI SDK 6 has another set of events, without ids: nothing would end what is begun here.
  if (typeof callId !== 'string' || typeof operationId !== 'string') return undefined;
  return Object.hasOwn(OPERATIONS, operationId) ? OPERATIONS[operationId] : undefined;
}

export function isStream({ operationId }: AiEvent): boolean {
  return operationId === 'ai.streamText';
}

/** Span of a whole operation: an agent where the application named it (`telemetry.functionId`) or uses an agent class. */
export function operationSpan(event: AiEvent): SpanStart {
  const { functionId, operationId } = event;
  const named = typeof functionId === 'string' && functionId !== '';
  const agent = isToolLoop(event.headers);
  const name = named ? functionId : agent ? 'ToolLoopAgent' : String(operationId).replace(/^ai\./, '');
  const input = event.recordInputs === false ? undefined : lastMessage(event);
  return { kind: named || agent ? 'agent' : 'step', name, input: input ?? NOTHING, attributes: { ...SOURCE } };
}

/** The SDK marks the calls of its agent class in a header. */
function isToolLoop(headers: unknown): boolean {
  const agent = isPlainObject(headers) ? headers['user-agent'] : undefined;
  return typeof agent === 'string' && agent.includes('ai-sdk-agent/');
}

/** What the operation answers. The whole conversation is the input of its model calls. */
function lastMessage({ messages }: AiEvent): unknown {
  return Array.isArray(messages) ? chatMessages(undefined, messages.slice(-1)).at(-1) : undefined;
}

const PARAMETERS = [
  'maxOutputTokens',
  'temperature',
  'topP',
  'topK',
  'presencePenalty',
  'frequencyPenalty',
  'stopSequences',
  'seed',
  'reasoning',
];

export function modelSpan(event: AiEvent): SpanStart {
  return modelStart(event, event.recordInputs === false ? NOTHING : modelInput(event));
}

/** Start of a model call with this input. */
export function modelStart(event: AiEvent, input: unknown): SpanStart {
  const model = textOf(event.modelId);
  const provider = providerName(event.provider);
  return {
    kind: 'llm',
    name: model ?? 'llm',
    input,
    attributes: attributesOf({ ...SOURCE, [ATTRIBUTE.provider]: provider, [ATTRIBUTE.model]: model }),
  };
}

function modelInput(event: AiEvent): ChatInput {
  const model = textOf(event.modelId);
  const tools = Array.isArray(event.tools) ? (event.tools as unknown[]).map((tool) => textOf(nameIn(tool))) : [];
  const names = tools.filter((name) => name !== undefined);
  const set = PARAMETERS.filter((name) => event[name] !== undefined).map((name) => [name, event[name]] as const);
  return {
    ...(model !== undefined && { model }),
    messages: chatMessages(event.instructions ?? event.system, event.messages),
    ...(names.length > 0 && { tools: names }),
    ...(set.length > 0 && { parameters: Object.fromEntries(set) }),
  };
}

export function modelOutput(event: AiEvent): ChatOutput {
  const { finishReason, responseId } = event;
  return {
    ...chatOutput(event.content),
    ...(typeof finishReason === 'string' && { finish_reason: finishReason }),
    ...(typeof responseId === 'string' && { id: responseId }),
  };
}

export function modelAttributes(event: AiEvent): Record<string, string | number> {
  const times = isPlainObject(event.performance) ? event.performance : {};
  return attributesOf({
    [ATTRIBUTE.responseModel]: textOf(event.modelId),
    [ATTRIBUTE.finish]: textOf(event.finishReason),
    [ATTRIBUTE.firstToken]: numberOf(times.timeToFirstOutputMs),
  });
}

/** Tokens under our names; `undefined`: the provider reported none. */
export function modelUsage({ usage, modelId, provider }: AiEvent): UsageFields | undefined {
  if (!isPlainObject(usage)) return undefined;
  const inputs = isPlainObject(usage.inputTokenDetails) ? usage.inputTokenDetails : {};
  const outputs = isPlainObject(usage.outputTokenDetails) ? usage.outputTokenDetails : {};
  const counts = {
    input: numberOf(usage.inputTokens),
    output: numberOf(usage.outputTokens),
    cache_read: numberOf(inputs.cacheReadTokens),
    cache_write: numberOf(inputs.cacheWriteTokens),
    reasoning: numberOf(outputs.reasoningTokens),
    total: numberOf(usage.totalTokens),
  };
  if ((counts.input ?? counts.output ?? counts.total) === undefined) return undefined;
  const known = Object.entries(counts).filter(([, count]) => count !== undefined);
  const [model, name] = [textOf(modelId), providerName(provider)];
  return { ...Object.fromEntries(known), ...(model && { model }), ...(name && { provider: name }) };
}

/** Whether the model asked for tools that the SDK runs itself: then the operation goes on. */
export function asksForTools({ content }: AiEvent): boolean {
  return (
    Array.isArray(content) &&
    (content as unknown[]).some((part) => isPlainObject(part) && part.type === 'tool-call' && !part.providerExecuted)
  );
}

export function operationOutput(event: AiEvent): unknown {
  if (event.recordOutputs === false) return NOTHING;
  const { text, finishReason, steps } = event;
  return {
    ...(typeof text === 'string' && { text }),
    ...(typeof finishReason === 'string' && { finish_reason: finishReason }),
    ...(Array.isArray(steps) && { steps: steps.length }),
  };
}

export function toolSpan(event: AiEvent): SpanStart {
  const call = isPlainObject(event.toolCall) ? event.toolCall : {};
  return {
    kind: 'tool',
    name: textOf(call.toolName) ?? 'tool',
    input: event.recordInputs === false || call.input === undefined ? NOTHING : call.input,
    attributes: { ...SOURCE },
  };
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function nameIn(tool: unknown): unknown {
  return isPlainObject(tool) ? tool.name : undefined;
}
