import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';

const json = JSON.stringify;
const MESSAGES = [{ role: 'user', parts: [{ type: 'text', content: 'hola ñ 👍' }] }];
const ANSWER = [{ role: 'assistant', parts: [{ type: 'text', content: 'Buenas' }] }];

/** Spans of an agent in another service, ended, as its SDK has them. */
export function officialSpans(traceId, caller) {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const tracer = provider.getTracer('agents', '1.2.3');
  const remote = trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId: caller, traceFlags: 1, isRemote: true });
  const began = Date.now();
  let at = 0;
  /** Times of whole microseconds: that is how fine ours are. */
  const next = () => [Math.floor(began / 1_000), (began % 1_000) * 1e6 + (at += 1_250) * 1_000];
  const open = (name, parent, attributes, kind = SpanKind.INTERNAL) =>
    tracer.startSpan(name, { kind, attributes, startTime: next() }, parent);
  const within = (span) => trace.setSpan(remote, span);

  const agent = open('invoke_agent scorer', remote, {
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.agent.name': 'scorer',
    'gen_ai.usage.input_tokens': 20,
  });
  const chat = open(
    'chat house-1',
    within(agent),
    { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'house-1', 'gen_ai.provider.name': 'openai' },
    SpanKind.CLIENT,
  );
  chat.setAttributes({
    'gen_ai.input.messages': json(MESSAGES),
    'gen_ai.output.messages': json(ANSWER),
    'gen_ai.usage.input_tokens': 20,
    'gen_ai.usage.output_tokens': 12,
    'gen_ai.response.finish_reasons': ['stop'],
  });
  chat.end(next());
  const tool = open('execute_tool pay', within(agent), {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'pay',
    'gen_ai.tool.call.arguments': json({ amount: -1.5 }),
  });
  tool.recordException(new TypeError('no card'), next());
  tool.setStatus({ code: SpanStatusCode.ERROR, message: 'no card' });
  const query = { 'db.system.name': 'postgresql', 'db.query.text': 'SELECT 1' };
  open('SELECT', within(tool), query, SpanKind.CLIENT).end(next());
  tool.end(next());
  agent.end(next());
  return exporter.getFinishedSpans();
}

/** What they are here: `span` and `parent` are names of the spans above. */
export const STEPS = [
  { span: 'invoke_agent scorer', type: 'agent', name: 'scorer' },
  {
    span: 'chat house-1',
    parent: 'invoke_agent scorer',
    type: 'llm',
    name: 'house-1',
    input: { model: 'house-1', messages: [{ role: 'user', content: 'hola ñ 👍' }] },
    output: { text: 'Buenas', finish_reason: 'stop' },
    // The list has no price of this model.
    usage: {
      input_tokens: 20,
      output_tokens: 12,
      total_tokens: 32,
      model: 'house-1',
      provider: 'openai',
      cost_usd: null,
    },
  },
  {
    span: 'execute_tool pay',
    parent: 'invoke_agent scorer',
    type: 'tool',
    name: 'pay',
    input: { amount: -1.5 },
    outcome: 'error',
  },
  { span: 'SELECT', parent: 'execute_tool pay', type: 'db', name: 'SELECT', input: 'SELECT 1' },
];
