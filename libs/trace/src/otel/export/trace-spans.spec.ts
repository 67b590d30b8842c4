import { Story } from '../../../../../test/support/story.js';
import { decodeSpans } from '../../../../../test/support/otlp-decode.js';
import type { StoredTrace } from '../../model/trace.js';
import { writeProtobuf } from '../wire/write-protobuf.js';
import { writeJson } from '../wire/write-json.js';
import type { OtelSpan } from '../otel-span.js';
import { traceSpans } from './trace-spans.js';

const A = 'aaaaaaaaaaaaaaa1';
const B = 'aaaaaaaaaaaaaaa2';
const C = 'aaaaaaaaaaaaaaa3';
const ROOT = 'b7ad6b7169203331';

const story = (): StoredTrace =>
  new Story()
    .open({ method: 'POST', path: '/webhook?token=1', parent: 'cccccccccccccccc', sampled: true, tracestate: 'v=1' })
    .identify({ handler: 'Hooks.receive' })
    .at(10)
    .span(A, 'agent', 'sofia', { input: { question: 'hola' } })
    .span(B, 'llm', 'gpt-4o', {
      parent: A,
      attributes: {
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.provider.name': 'openai',
        'server.address': 'api.x:8443',
      },
      input: {
        messages: [
          { role: 'system', content: 'Be kind' },
          { role: 'user', content: 'hola' },
        ],
      },
    })
    .at(40)
    .spanEnd(B, 30.5, {
      output: { text: 'Buenas', finish_reason: 'stop' },
      attributes: { 'gen_ai.response.finish_reasons': 'stop', 'gen_ai.response.time_to_first_chunk': 12.5 },
      usage: { input: 20, output: 5, cache_read: 3, model: 'gpt-4o' },
    })
    .span(C, 'tool', 'calendar', { parent: A, input: { day: 1 } })
    .error('calendar', 'no slot for ana', { span: C, type: 'SlotError', stack: 'SlotError: at x', fingerprint: 'f00d' })
    .spanEnd(C, 4, { outcome: 'error' })
    .event('message_sent', { message: 'Buenas', message_id: 'm1' })
    .at(60)
    .spanEnd(A, 50)
    .response(202)
    .end('completed')
    .stored();

const spansOf = (content: 'full' | 'metadata', trace = story()): OtelSpan[] =>
  traceSpans(trace, { content, resource: { 'service.name': 'bot' } });

describe('a trace as spans of OpenTelemetry', () => {
  it('has the webhook as the span of a server, below that of the caller', () => {
    const [root] = spansOf('full');
    expect(root).toMatchObject({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: ROOT,
      parentSpanId: 'cccccccccccccccc',
      traceState: 'v=1',
      flags: 0x301,
      name: 'POST /webhook',
      kind: 2,
    });
    expect(root!.attributes).toMatchObject({
      'http.request.method': 'POST',
      'url.path': '/webhook',
      'http.response.status_code': 202,
      'code.function.name': 'Hooks.receive',
      'user.id': 'z49hFQn0DxOX5sInJg60',
      'output.value': 'Buenas',
    });
    expect(root!.resource).toMatchObject({ 'service.name': 'bot' });
  });

  it('has the flag of a caller that does not record', () => {
    const [root] = spansOf('full', new Story().open({ parent: 'cccccccccccccccc' }).end().stored());
    expect(root!.flags).toBe(0x300);
  });

  it('names model calls, agents and tools by the conventions', () => {
    const [, agent, model, tool] = spansOf('full');
    expect(agent).toMatchObject({ parentSpanId: ROOT, kind: 1, name: 'sofia' });
    expect(agent!.attributes).toMatchObject({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'sofia',
      'openinference.span.kind': 'AGENT',
    });
    expect(model).toMatchObject({ parentSpanId: A, kind: 3, endedAt: model!.startedAt + 30_500 });
    expect(model!.attributes).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.response.time_to_first_chunk': 0.0125,
      'gen_ai.usage.input_tokens': 20,
      'gen_ai.usage.output_tokens': 5,
      'gen_ai.usage.cache_read.input_tokens': 3,
      'llm.token_count.total': 25,
      'server.address': 'api.x',
      'server.port': 8443,
      'gen_ai.system_instructions': '[{"type":"text","content":"Be kind"}]',
      'gen_ai.input.messages': '[{"role":"user","parts":[{"type":"text","content":"hola"}]}]',
    });
    expect(tool!.attributes).toMatchObject({
      'gen_ai.tool.name': 'calendar',
      'gen_ai.tool.call.arguments': '{"day":1}',
    });
  });

  it('names model and provider also where only the usage does', () => {
    const usage = { input: 1, model: 'whisper-1', provider: 'openai' };
    const trace = new Story().open().span(B, 'llm', 'speech').spanEnd(B, 1, { usage }).end().stored();
    const [, model] = spansOf('full', trace);
    expect(model!.attributes).toMatchObject({
      'gen_ai.response.model': 'whisper-1',
      'llm.model_name': 'whisper-1',
      'gen_ai.provider.name': 'openai',
      'llm.provider': 'openai',
    });
    expect(model!.attributes).not.toHaveProperty('gen_ai.request.model');
  });

  it('has an exception as an event of its span, which failed', () => {
    const tool = spansOf('full')[3]!;
    expect(tool.status).toEqual({ code: 2, message: 'no slot for ana' });
    expect(tool.events).toMatchObject([
      { name: 'exception', attributes: { 'exception.type': 'SlotError', 'exception.message': 'no slot for ana' } },
    ]);
  });

  it('has nothing that was written or captured without content', () => {
    const text = writeJson(spansOf('metadata'));
    for (const said of ['hola', 'Buenas', 'Be kind', 'no slot', 'Quiero', 'z49h', 'at x', 'token=1'])
      expect(text).not.toContain(said);
    expect(text).toContain('SlotError');
    expect(text).toContain('gen_ai.usage.input_tokens');
  });

  it('links the trace that made a job', () => {
    const trace = new Story().open({ link: 'ana_1', parent: 'dddddddddddddddd' }).identify({ type: 'continued' }).end();
    const [root] = spansOf('full', trace.stored());
    expect(root).toMatchObject({ kind: 5, parentSpanId: 'dddddddddddddddd' });
    expect(root!.links).toMatchObject([{ traceId: root!.traceId, spanId: 'dddddddddddddddd' }]);
  });

  it('is the same bytes each time', () => {
    expect(writeProtobuf(spansOf('full')).equals(writeProtobuf(spansOf('full')))).toBe(true);
  });

  it('is read back from protobuf', () => {
    const spans = spansOf('full');
    const decoded = decodeSpans(writeProtobuf(spans));
    expect(
      decoded.map(({ spanId, parentSpanId, name, kind, flags, status, attributes }) => [
        spanId,
        parentSpanId,
        name,
        kind,
        flags,
        status.code,
        attributes,
      ]),
    ).toEqual(
      spans.map((span) => [
        span.spanId,
        span.parentSpanId ?? '',
        span.name,
        span.kind,
        span.flags,
        span.status.code,
        { ...span.attributes },
      ]),
    );
    expect(decoded.map(({ start, end }) => [start, end])).toEqual(
      spans.map(({ startedAt, endedAt }) => [BigInt(startedAt) * 1000n, BigInt(endedAt!) * 1000n]),
    );
  });
});
