import type { SpanType } from '../../model/status.js';
import { OTEL_KIND, type OtelAttributes, type OtelSpan } from '../otel-span.js';
import { NAMES } from './attribute-names.js';
import { textOfFirst } from './values.js';

type Words = Readonly<Record<string, SpanType>>;

/** Values of `gen_ai.operation.name`. */
const OPERATIONS: Words = {
  chat: 'llm',
  generate_content: 'llm',
  text_completion: 'llm',
  completion: 'llm',
  embeddings: 'llm',
  execute_tool: 'tool',
  invoke_agent: 'agent',
  create_agent: 'agent',
  invoke_workflow: 'step',
  retrieval: 'retriever',
};

/** Values of `openinference.span.kind`. */
const INFERENCE: Words = {
  LLM: 'llm',
  EMBEDDING: 'llm',
  AGENT: 'agent',
  TOOL: 'tool',
  RETRIEVER: 'retriever',
  RERANKER: 'retriever',
  CHAIN: 'step',
  GUARDRAIL: 'step',
  EVALUATOR: 'step',
  PROMPT: 'step',
};

/** Values of `traceloop.span.kind`, of OpenLLMetry. */
const ENTITIES: Words = { agent: 'agent', tool: 'tool', workflow: 'step', task: 'step' };

/** Names that words of a type are under. */
const WORDS: readonly (readonly [string, Words])[] = [
  ['openinference.span.kind', INFERENCE],
  ['gen_ai.operation.name', OPERATIONS],
  ['traceloop.span.kind', ENTITIES],
];

/** A model call of the AI SDK is the innermost span of an operation: `ai.generateText.doGenerate`, `ai.embed.doEmbed`. */
const AI_MODEL_CALL = /^ai\.\w+\.do(?:Generate|Stream|Embed)/;
/** Names of model calls without a word for their type: of older instrumentations. */
const MODEL = [...NAMES.model, 'llm.request.type'];
const DATABASE = ['db.system.name', 'db.system'];

/** The type of step that a span is. */
export function spanTypeIn({
  attributes,
  kind,
  name,
  scope,
}: Pick<OtelSpan, 'attributes' | 'kind' | 'name' | 'scope'>): SpanType {
  const named = namedType(attributes);
  if (named !== undefined) return named;
  if (attributes['ai.operationId'] !== undefined || scope.name === 'ai') return aiType(attributes, name);
  if (textOfFirst(attributes, DATABASE) !== undefined) return 'db';
  // A server's span is work on a request, and no call.
  if (textOfFirst(attributes, NAMES.method) !== undefined && kind !== OTEL_KIND.server) return 'http';
  if (textOfFirst(attributes, NAMES.tool) !== undefined) return 'tool';
  return textOfFirst(attributes, MODEL) === undefined ? 'step' : 'llm';
}

/** The type that the span names itself. */
function namedType(attributes: OtelAttributes): SpanType | undefined {
  for (const [name, types] of WORDS) {
    const word = attributes[name];
    if (typeof word === 'string' && Object.hasOwn(types, word)) return types[word];
  }
  return undefined;
}

function aiType(attributes: OtelAttributes, name: string): SpanType {
  const operation = String(attributes['ai.operationId'] ?? name);
  if (operation.startsWith('ai.toolCall')) return 'tool';
  if (AI_MODEL_CALL.test(operation)) return 'llm';
  return attributes['ai.telemetry.functionId'] === undefined ? 'step' : 'agent';
}
