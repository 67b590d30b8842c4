import { Story } from '../../../../test/support/story.js';
import type { StoredTrace } from '../model/trace.js';
import { traceSpans } from './export/trace-spans.js';
import type { OtelSpan } from './otel-span.js';
import { stepOf } from './step-of.js';
import { readJson } from './wire/read-json.js';
import { readProtobuf } from './wire/read-protobuf.js';
import { writeJson } from './wire/write-json.js';
import { writeProtobuf } from './wire/write-protobuf.js';

const [AGENT, MODEL, TOOL, CALL] = ['a1', 'a2', 'a3', 'a4'].map((end) => end.padStart(16, 'a')) as [
  string,
  string,
  string,
  string,
];
const MESSAGES = [
  { role: 'system', content: 'Be kind' },
  { role: 'user', content: 'hola ñ 👍' },
];
const OUTPUT = {
  text: 'Buenas',
  tool_calls: [{ id: 'c1', name: 'calendar', arguments: { day: 1 } }],
  finish_reason: 'tool_calls',
};

const USAGE = { input: 20, output: 5, cache_read: 3, cache_write: 9, cache_write_1h: 4, reasoning: 2, cost_usd: 0.25 };

const stored = (): StoredTrace =>
  new Story()
    .open({ method: 'POST', path: '/webhook' })
    .identify()
    .at(10)
    .span(AGENT, 'agent', 'sofia', { input: { question: 'hola' } })
    .span(MODEL, 'llm', 'gpt-4o', {
      parent: AGENT,
      attributes: { 'gen_ai.request.model': 'gpt-4o', 'gen_ai.provider.name': 'openai' },
      input: { model: 'gpt-4o', messages: MESSAGES },
    })
    .at(40)
    .spanEnd(MODEL, 30.5, {
      output: OUTPUT,
      attributes: {
        'gen_ai.response.model': 'gpt-4o-2026',
        'gen_ai.response.finish_reasons': 'tool_calls',
        'gen_ai.response.time_to_first_chunk': 12.5,
      },
      usage: { ...USAGE, model: 'gpt-4o-2026' },
    })
    .span(TOOL, 'tool', 'calendar', { parent: AGENT, input: { day: 1 } })
    .error('calendar', 'no slot', { span: TOOL, type: 'SlotError', stack: 'SlotError: at x', fingerprint: 'f00d' })
    .spanEnd(TOOL, 4, { outcome: 'error' })
    .span(CALL, 'http', 'POST api.x', {
      parent: AGENT,
      attributes: { 'http.request.method': 'POST', 'server.address': 'api.x:8443', 'url.template': '/v1/{id}' },
    })
    .spanEnd(CALL, 2, { attributes: { 'http.response.status_code': 503 } })
    .at(60)
    .spanEnd(AGENT, 50, { output: 'Buenas' })
    .end('completed')
    .stored();

const WAYS: [string, (spans: readonly OtelSpan[]) => readonly OtelSpan[]][] = [
  ['protobuf', (spans) => readProtobuf(writeProtobuf(spans)).spans],
  ['JSON', (spans) => readJson(Buffer.from(writeJson(spans))).spans],
];

describe.each(WAYS)('a trace that goes out and comes in as %s', (_, through) => {
  const out = traceSpans(stored(), { content: 'full', resource: { 'service.name': 'bot' } });
  const spans = through(out);
  const stepIn = (id: string) => stepOf(spans.find(({ spanId }) => spanId === id)!);

  it('has the same spans, ids, parents and times', () => {
    const facts = (list: readonly OtelSpan[]) =>
      list.map(({ traceId, spanId, parentSpanId, name, kind, startedAt, endedAt }) => ({
        traceId,
        spanId,
        parentSpanId,
        name,
        kind,
        startedAt,
        endedAt,
      }));
    expect(facts(spans)).toEqual(facts(out));
  });

  it('has the same model call: messages, answer, tokens, model, time to the first part', () => {
    expect(stepIn(MODEL)).toMatchObject({
      type: 'llm',
      name: 'gpt-4o',
      input: { model: 'gpt-4o', messages: MESSAGES },
      output: OUTPUT,
      usage: { ...USAGE, model: 'gpt-4o-2026', provider: 'openai' },
      attributes: {
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.response.model': 'gpt-4o-2026',
        'gen_ai.response.finish_reasons': 'tool_calls',
        'gen_ai.response.time_to_first_chunk': 12.5,
      },
    });
  });

  it('has the same agent, tool and call, and the error where it was thrown', () => {
    expect(stepIn(AGENT)).toMatchObject({
      type: 'agent',
      name: 'sofia',
      input: { question: 'hola' },
      output: 'Buenas',
    });
    expect(stepIn(TOOL)).toMatchObject({
      type: 'tool',
      name: 'calendar',
      input: { day: 1 },
      error: { type: 'SlotError', message: 'no slot', stack: 'SlotError: at x' },
    });
    expect(stepIn(CALL)).toMatchObject({
      type: 'http',
      attributes: {
        'http.request.method': 'POST',
        'server.address': 'api.x:8443',
        'url.template': '/v1/{id}',
        'http.response.status_code': 503,
      },
    });
    expect([AGENT, CALL].map((id) => stepIn(id).error)).toEqual([undefined, undefined]);
  });
});
