import type { SpanType } from '../../model/status.js';
import { textOfFirst } from '../names/values.js';
import type { OtelAttributes } from '../otel-span.js';

/** A span of OpenTelemetry that begins. */
export interface StartedSpan {
  readonly name: string;
  /** Name of the tracer: the instrumentation's package, or what the application gave to `getTracer`. */
  readonly scope: string;
  /** The type of step that it would be, as far as its first attributes say it. */
  readonly type: SpanType;
  /** The attributes that it begins with. */
  readonly attributes: OtelAttributes;
}

/** Scopes of models and agents: AI SDK, OpenInference, OpenLLMetry, LangChain and others, and providers' own instrumentations. */
const MODEL_SCOPE =
  /^(?:ai|gen_ai)$|openinference|traceloop|openllmetry|langchain|langgraph|llama-?index|openai|anthropic|genai|gen_ai|bedrock|mastra|vercel\.ai|(?:^|[-/@])agents?(?:$|[-/])/i;

/** Names of which any means work of a model or an agent. */
const MODEL_NAMES = ['gen_ai.operation.name', 'openinference.span.kind', 'traceloop.span.kind', 'ai.operationId'];

/** Sets the attributes of a call after its start. */
const RPC_SCOPE = '@opentelemetry/instrumentation-grpc';
/** Today's name and the one before. */
const RPC_NAMES = ['rpc.system.name', 'rpc.system'];
/** A call of an AWS SDK: the HTTP call inside it is recorded. */
const AWS = 'aws-api';

/**
 * The default of `accept`: model calls, agents, tools and retrievers, HTTP calls, databases, message queues and remote procedure
 * calls such as gRPC's.
 *
 * @example
 * new TraceSpanProcessor({ accept: (span) => acceptByDefault(span) || span.scope === 'quotes' });
 */
export function acceptByDefault({ scope, type, attributes }: StartedSpan): boolean {
  return (
    type !== 'step' ||
    MODEL_SCOPE.test(scope) ||
    attributes['messaging.system'] !== undefined ||
    isRemoteCall(scope, attributes) ||
    MODEL_NAMES.some((name) => attributes[name] !== undefined)
  );
}

function isRemoteCall(scope: string, attributes: OtelAttributes): boolean {
  if (scope === RPC_SCOPE) return true;
  const system = textOfFirst(attributes, RPC_NAMES);
  return system !== undefined && system !== AWS;
}

/** Whether a library of models and agents made the span: it may say only at the end what the span is. */
export function isOfModels(scope: string): boolean {
  return MODEL_SCOPE.test(scope);
}
