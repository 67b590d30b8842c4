import { ATTRIBUTE, type Attributes } from '../../model/attributes.js';
import type { Micros, SpanEndFields, SpanStartFields } from '../../model/record.js';
import { spanTypeOf, type SpanType } from '../../model/status.js';
import { recordedUsage, type UsageFields } from '../../model/usage.js';
import {
  OTEL_KIND,
  OTEL_STATUS,
  type OtelAttributes,
  type OtelEvent,
  type OtelSpan,
  type OtelValue,
} from '../otel-span.js';
import { messageAttributes } from './chat-messages.js';
import { jsonText, valueAttributes } from './json-text.js';
import type { ErrorRecord } from './span-events.js';
import { parentOf, type SpanFrame } from './span-frame.js';
import { spanIdOf } from './span-ids.js';
import { usageAttributes } from './usage-attributes.js';

/** The end of a span as the journal has it. */
export type SpanEndRecord = SpanEndFields<unknown> & { ts: Micros };

/** What else is recorded of a span. */
interface OfSpan {
  readonly end: SpanEndRecord | undefined;
  readonly events: readonly OtelEvent[];
  readonly error: ErrorRecord | undefined;
}

/** How the conventions name a type of step: OpenTelemetry's operation, OpenInference's kind. */
const TYPES: Readonly<Record<SpanType, { kind: number; operation?: string; name?: string; inference?: string }>> = {
  llm: { kind: OTEL_KIND.client, operation: 'chat', inference: 'LLM' },
  agent: { kind: OTEL_KIND.internal, operation: 'invoke_agent', name: 'gen_ai.agent.name', inference: 'AGENT' },
  tool: { kind: OTEL_KIND.internal, operation: 'execute_tool', name: 'gen_ai.tool.name', inference: 'TOOL' },
  retriever: { kind: OTEL_KIND.internal, operation: 'retrieval', inference: 'RETRIEVER' },
  step: { kind: OTEL_KIND.internal, inference: 'CHAIN' },
  http: { kind: OTEL_KIND.client },
  db: { kind: OTEL_KIND.client },
};

/** Names under which an application or a library says nothing that a person wrote. */
const KNOWN = new Set<string>([
  ...Object.values(ATTRIBUTE),
  'db.system.name',
  'db.system',
  'db.operation.name',
  'db.operation',
  'db.namespace',
  'db.collection.name',
  'messaging.system',
  'messaging.operation.type',
  'messaging.destination.name',
  'rpc.system.name',
  'rpc.system',
  'rpc.service',
  'rpc.method',
]);
const MS = 1_000;

/** A step as a span, in the words of the conventions for its type. */
export function stepSpan(start: SpanStartFields<unknown> & { ts: Micros }, of: OfSpan, frame: SpanFrame): OtelSpan {
  const { end, events, error } = of;
  const type = spanTypeOf(start.type) ?? 'step';
  const { kind, operation, name, inference } = TYPES[type];
  const isFull = frame.content === 'full';
  const input = start.input ?? end?.input;
  const attributes: Record<string, OtelValue> = {
    ...recorded({ ...start.attributes, ...end?.attributes }, isFull),
    ...(operation !== undefined && { 'gen_ai.operation.name': operationOf(operation, input, end?.output) }),
    ...(name !== undefined && { [name]: start.name }),
    ...(inference !== undefined && { 'openinference.span.kind': inference }),
    ...modelNames(type, { ...start.attributes, ...end?.attributes }, end?.usage),
    ...(end?.usage !== undefined && usageOf(end.usage, frame.head.usage?.spans[start.span])),
    ...(isFull && contentOf(type, input, end?.output)),
    ...frame.contact,
  };
  if (type === 'tool') attributes['tool.name'] = start.name;
  if (end?.outcome === 'cancelled') attributes['trace.outcome'] = end.outcome;
  if (!end) attributes['trace.unfinished'] = true;
  if (start.late) attributes['trace.late'] = true;
  return {
    ...frame.shared,
    spanId: spanIdOf(start.span),
    parentSpanId: parentOf(start.parent, frame),
    flags: 0x101,
    name: start.name === '' ? type : start.name,
    kind,
    startedAt: start.ts,
    endedAt: end ? start.ts + Math.round(end.ms * MS) : Math.max(start.ts, frame.endedAt),
    attributes,
    events,
    status: statusOf(end, error, isFull),
  };
}

/** Attributes as recorded, in the units and shapes of the conventions. */
function recorded(attributes: Attributes, isFull: boolean): OtelAttributes {
  const shown: Record<string, OtelValue> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (!isFull && typeof value === 'string' && !KNOWN.has(name)) continue;
    if (name === ATTRIBUTE.finish) shown[name] = [value];
    else if (name === ATTRIBUTE.firstToken && typeof value === 'number') shown[name] = value / MS;
    else if (name === ATTRIBUTE.host) Object.assign(shown, addressOf(String(value)));
    else shown[name] = value;
  }
  return shown;
}

/** `server.address` and `server.port` of a host; that of an IPv6 address is in brackets. */
function addressOf(host: string): OtelAttributes {
  const match = /^(.+):(\d{1,5})$/.exec(host);
  return match ? { 'server.address': match[1]!, 'server.port': Number(match[2]) } : { 'server.address': host };
}

/** OpenInference's names of what OpenTelemetry has under its own; and both where only the usage names model or provider. */
function modelNames(type: SpanType, attributes: Attributes, usage: UsageFields = {}): OtelAttributes {
  if (type !== 'llm') return {};
  const { [ATTRIBUTE.model]: asked, [ATTRIBUTE.responseModel]: answered, [ATTRIBUTE.provider]: provider } = attributes;
  const model = asked ?? answered ?? usage.model;
  const from = provider ?? usage.provider;
  return {
    ...(model !== undefined && { 'llm.model_name': model }),
    ...(asked === undefined &&
      answered === undefined &&
      usage.model !== undefined && { [ATTRIBUTE.responseModel]: usage.model }),
    ...(from !== undefined && { 'llm.provider': from, [ATTRIBUTE.provider]: from }),
  };
}

function usageOf(recordedAs: UsageFields, costNano: number | undefined): OtelAttributes {
  const usage = recordedUsage(recordedAs);
  return usage ? usageAttributes(usage, costNano) : {};
}

/** An embedding is a call of a model too: its input has no messages, and its output has vectors. */
function operationOf(usual: string, input: unknown, output: unknown): string {
  return usual === 'chat' && has(output, 'embeddings') && !has(input, 'messages') ? 'embeddings' : usual;
}

function has(value: unknown, member: string): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, member);
}

function contentOf(type: SpanType, input: unknown, output: unknown): OtelAttributes {
  return {
    ...valueAttributes('input', input),
    ...valueAttributes('output', output),
    ...(type === 'llm' && messageAttributes(input, output)),
    ...(type === 'tool' && input !== undefined && { 'gen_ai.tool.call.arguments': jsonText(input) }),
    ...(type === 'tool' && output !== undefined && { 'gen_ai.tool.call.result': jsonText(output) }),
  };
}

function statusOf(end: SpanEndRecord | undefined, error: ErrorRecord | undefined, isFull: boolean): OtelSpan['status'] {
  if (end?.outcome !== 'error') return { code: OTEL_STATUS.unset };
  const reason = isFull ? (error?.message ?? failureIn(end)) : (error?.type ?? failureIn(end));
  return { code: OTEL_STATUS.error, ...(reason !== undefined && { message: reason }) };
}

function failureIn({ attributes }: SpanEndRecord): string | undefined {
  const reason = attributes?.[ATTRIBUTE.error];
  return reason === undefined ? undefined : String(reason);
}
