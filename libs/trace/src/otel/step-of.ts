import type { SpanType } from '../model/status.js';
import { failureOf } from './failure-of.js';
import { NAMES } from './names/attribute-names.js';
import { factsOf } from './names/facts.js';
import { listUnder } from './names/indexed.js';
import { chatInput, chatOutput } from './names/messages.js';
import { spanTypeIn } from './names/span-types.js';
import { usageOf } from './names/usage-of.js';
import { firstOf, parsedValue, textOfFirst } from './names/values.js';
import { OWN_SCOPE, type OtelAttributes, type OtelSpan } from './otel-span.js';
import type { OtelStep } from './otel-step.js';

/** Operations whose answer is vectors: numbers that say nothing to a reader. */
const EMBEDDING = /embed/i;

/**
 * What a span of OpenTelemetry describes, in our words. Pure. It reads today's and older names of OpenTelemetry, those of
 * OpenInference, OpenLLMetry and the AI SDK; names are in `names/`.
 *
 * @example
 * stepOf(span); // { type: 'llm', name: 'gpt-4o', attributes: { 'gen_ai.request.model': 'gpt-4o' }, input: { messages: [...] }, ... }
 */
export function stepOf(span: OtelSpan): OtelStep {
  const type = spanTypeIn(span);
  const usage = type === 'llm' ? usageOf(span.attributes) : undefined;
  const error = failureOf(span);
  return {
    type,
    name: nameOf(span, type),
    attributes: factsOf(span, type),
    input: inputOf(span, type),
    output: outputOf(span, type),
    ...(usage && { usage }),
    ...(error && { error }),
  };
}

/** Type and name of a span that begins, by the attributes that it has then. */
export function startOf(span: OtelSpan): Pick<OtelStep, 'type' | 'name'> {
  const type = spanTypeIn(span);
  return { type, name: nameOf(span, type) };
}

/** Agents and tools have their own names, by which lists are filtered; model calls that of the model. */
function nameOf({ attributes, name, scope }: OtelSpan, type: SpanType): string {
  // What this package exports has the step's own name, also where a model has another.
  if (scope.name === OWN_SCOPE && name !== '') return name;
  const own =
    type === 'agent' || type === 'tool'
      ? (textOfFirst(attributes, NAMES[type]) ?? textOfFirst(attributes, NAMES.entity))
      : type === 'llm'
        ? textOfFirst(attributes, NAMES.model)
        : undefined;
  return own ?? (name === '' ? type : name);
}

function inputOf(span: OtelSpan, type: SpanType): unknown {
  const { attributes } = span;
  if (type === 'db') return firstOf(attributes, NAMES.query);
  if (type === 'tool') return parsedValue(firstOf(attributes, NAMES.toolInput) ?? firstOf(attributes, NAMES.input));
  const chat = type === 'llm' || type === 'agent' ? chatInput(span) : undefined;
  return chat ?? parsedValue(firstOf(attributes, NAMES.input));
}

function outputOf(span: OtelSpan, type: SpanType): unknown {
  const { attributes } = span;
  if (type === 'db') return undefined;
  if (type === 'tool') return parsedValue(firstOf(attributes, NAMES.toolOutput) ?? firstOf(attributes, NAMES.output));
  if (type === 'llm' && isEmbedding(span)) return undefined;
  const chat = type === 'llm' || type === 'agent' ? chatOutput(span) : undefined;
  return chat ?? documentsIn(attributes, type) ?? parsedValue(firstOf(attributes, NAMES.output));
}

function isEmbedding({ attributes, name }: OtelSpan): boolean {
  const word = textOfFirst(attributes, ['gen_ai.operation.name', 'openinference.span.kind', 'ai.operationId']);
  return EMBEDDING.test(word ?? name);
}

function documentsIn(attributes: OtelAttributes, type: SpanType): unknown {
  return type === 'retriever' ? listUnder(attributes, 'retrieval.documents') : undefined;
}
