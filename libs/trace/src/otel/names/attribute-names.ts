/**
 * Names of attributes of spans, by what they say. The first that a span has counts: today's names of OpenTelemetry, older ones,
 * those of OpenInference, of OpenLLMetry, and of the AI SDK.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/gen-ai/
 * @see https://arize-ai.github.io/openinference/spec/attributes/semantic-conventions.html
 * @see https://ai-sdk.dev/docs/ai-sdk-core/telemetry
 */
export const NAMES = {
  provider: [
    'gen_ai.provider.name',
    'gen_ai.system',
    'llm.provider',
    'llm.system',
    'ai.model.provider',
    'embedding.provider',
  ],
  model: ['gen_ai.request.model', 'llm.model_name', 'llm.request.model', 'embedding.model_name', 'ai.model.id'],
  responseModel: ['gen_ai.response.model', 'llm.response.model', 'ai.response.model'],
  finish: [
    'gen_ai.response.finish_reasons',
    'ai.response.finishReason',
    'llm.finish_reason',
    'gen_ai.completion.0.finish_reason',
  ],
  responseId: ['gen_ai.response.id', 'ai.response.id'],
  agent: ['gen_ai.agent.name', 'agent.name', 'ai.telemetry.functionId'],
  tool: ['gen_ai.tool.name', 'tool.name', 'ai.toolCall.name', 'tool_call.function.name'],
  entity: ['traceloop.entity.name', 'graph.node.name'],

  toolInput: ['gen_ai.tool.call.arguments', 'ai.toolCall.args', 'tool_call.function.arguments', 'tool.parameters'],
  toolOutput: ['gen_ai.tool.call.result', 'ai.toolCall.result'],
  input: ['input.value', 'traceloop.entity.input', 'gen_ai.input', 'ai.prompt', 'ai.value', 'ai.values'],
  output: ['output.value', 'traceloop.entity.output', 'gen_ai.output', 'ai.response.text', 'ai.response.object'],
  query: ['db.query.text', 'db.statement'],

  method: ['http.request.method', 'http.method'],
  status: ['http.response.status_code', 'http.status_code'],
  host: ['server.address', 'http.host', 'net.peer.name', 'peer.service'],
  port: ['server.port', 'net.peer.port'],
  path: ['url.template', 'http.route', 'url.path', 'http.target', 'url.full', 'http.url'],
  resend: ['http.request.resend_count'],
  errorMessage: ['error.message', 'grpc.error_message'],
  error: ['error.type', 'rpc.response.status_code', 'rpc.grpc.status_code', 'db.response.status_code'],
} as const;

/** Token counts, by our names of them. */
export const USAGE_NAMES = {
  input: [
    'gen_ai.usage.input_tokens',
    'gen_ai.usage.prompt_tokens',
    'llm.token_count.prompt',
    'llm.usage.prompt_tokens',
    'usage.prompt_tokens',
    'ai.usage.inputTokens',
    'ai.usage.promptTokens',
    'ai.usage.tokens',
  ],
  output: [
    'gen_ai.usage.output_tokens',
    'gen_ai.usage.completion_tokens',
    'llm.token_count.completion',
    'llm.usage.completion_tokens',
    'usage.completion_tokens',
    'ai.usage.outputTokens',
    'ai.usage.completionTokens',
  ],
  cache_read: [
    'gen_ai.usage.cache_read.input_tokens',
    'gen_ai.usage.cache_read_input_tokens',
    'llm.token_count.prompt_details.cache_read',
    'ai.usage.cachedInputTokens',
    'ai.usage.inputTokenDetails.cacheReadTokens',
  ],
  cache_write: [
    'gen_ai.usage.cache_creation.input_tokens',
    'gen_ai.usage.cache_creation_input_tokens',
    'llm.token_count.prompt_details.cache_write',
    'ai.usage.inputTokenDetails.cacheWriteTokens',
  ],
  // Ours: no convention has a name for it.
  cache_write_1h: ['trace.usage.cache_write_1h'],
  reasoning: [
    'gen_ai.usage.reasoning.output_tokens',
    'gen_ai.usage.reasoning_tokens',
    'llm.token_count.completion_details.reasoning',
    'ai.usage.reasoningTokens',
    'ai.usage.outputTokenDetails.reasoningTokens',
  ],
  total: [
    'llm.token_count.total',
    'llm.usage.total_tokens',
    'gen_ai.usage.total_tokens',
    'usage.total_tokens',
    'ai.usage.totalTokens',
  ],
  cost_usd: ['gen_ai.usage.cost', 'llm.cost.total'],
} as const;

/** Further facts that a step keeps under the span's own names. Each is small and nothing that a person wrote. */
export const KEPT: readonly string[] = [
  'gen_ai.operation.name',
  'gen_ai.conversation.id',
  'gen_ai.agent.id',
  'gen_ai.tool.call.id',
  'gen_ai.request.temperature',
  'gen_ai.request.top_p',
  'gen_ai.request.max_tokens',
  'gen_ai.data_source.id',
  'session.id',
  'db.system.name',
  'db.system',
  'db.namespace',
  'db.name',
  'db.collection.name',
  'db.operation.name',
  'db.operation',
  'db.response.returned_rows',
  'messaging.system',
  'messaging.operation.type',
  'messaging.operation.name',
  'messaging.operation',
  'messaging.destination.name',
  'messaging.destination',
  'messaging.message.id',
  'rpc.system.name',
  'rpc.system',
  'rpc.service',
  'rpc.method',
  'network.protocol.version',
  'code.function.name',
  'nestjs.type',
  'nestjs.controller',
  'nestjs.callback',
  'service.name',
];
