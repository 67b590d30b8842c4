import { OTEL_KIND, OTEL_STATUS, type OtelAttributes, type OtelEvent, type OtelSpan } from './otel-span.js';
import { stepOf } from './step-of.js';

const span = (attributes: OtelAttributes, more: Partial<OtelSpan> = {}): OtelSpan => ({
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  name: 'span',
  kind: OTEL_KIND.internal,
  startedAt: 1,
  attributes,
  events: [],
  links: [],
  status: { code: OTEL_STATUS.unset },
  scope: { name: 'test' },
  ...more,
});
const json = (value: unknown): string => JSON.stringify(value);
const ANSWER = { text: 'Hola', tool_calls: [{ id: 'c1', name: 'find', arguments: { id: 7 } }] };
const USAGE = { input: 20, output: 12, cache_read: 4, reasoning: 3 };

describe('a model call', () => {
  it('has messages, answer, tokens and names of OpenTelemetry today', () => {
    const step = stepOf(
      span({
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-5',
        'gen_ai.response.model': 'gpt-5-2026',
        'gen_ai.request.temperature': 0.2,
        'gen_ai.system_instructions': json([{ type: 'text', content: 'Be short' }]),
        'gen_ai.input.messages': json([
          { role: 'user', parts: [{ type: 'text', content: 'Hi' }] },
          { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c0', response: { ok: true } }] },
        ]),
        'gen_ai.output.messages': json([
          {
            role: 'assistant',
            parts: [
              { type: 'text', content: 'Hola' },
              { type: 'tool_call', id: 'c1', name: 'find', arguments: { id: 7 } },
            ],
          },
        ]),
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.response.time_to_first_chunk': 0.25,
        'gen_ai.usage.input_tokens': 20,
        'gen_ai.usage.output_tokens': 12,
        'gen_ai.usage.cache_read.input_tokens': 4,
        'gen_ai.usage.reasoning.output_tokens': 3,
      }),
    );
    expect(step).toEqual({
      type: 'llm',
      name: 'gpt-5',
      attributes: expect.objectContaining({
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-5',
        'gen_ai.response.model': 'gpt-5-2026',
        'gen_ai.response.finish_reasons': 'stop',
        'gen_ai.response.time_to_first_chunk': 250,
      }),
      input: {
        model: 'gpt-5',
        messages: [
          { role: 'system', content: 'Be short' },
          { role: 'user', content: 'Hi' },
          { role: 'tool', content: json({ ok: true }), tool_call_id: 'c0' },
        ],
        parameters: { temperature: 0.2 },
      },
      output: { ...ANSWER, finish_reason: 'stop' },
      usage: { ...USAGE, model: 'gpt-5-2026', provider: 'openai' },
    });
  });

  const older: [string, OtelAttributes][] = [
    [
      'numbered attributes of OpenLLMetry',
      {
        'gen_ai.system': 'OpenAI',
        'llm.request.type': 'chat',
        'gen_ai.request.model': 'gpt-5',
        'gen_ai.prompt.0.role': 'user',
        'gen_ai.prompt.0.content': 'Hi',
        'gen_ai.completion.0.role': 'assistant',
        'gen_ai.completion.0.content': 'Hola',
        'gen_ai.completion.0.tool_calls.0.id': 'c1',
        'gen_ai.completion.0.tool_calls.0.name': 'find',
        'gen_ai.completion.0.tool_calls.0.arguments': '{"id":7}',
        'gen_ai.usage.prompt_tokens': 20,
        'gen_ai.usage.completion_tokens': 12,
        'gen_ai.usage.cache_read_input_tokens': 4,
        'gen_ai.usage.reasoning_tokens': 3,
      },
    ],
    [
      'OpenInference',
      {
        'openinference.span.kind': 'LLM',
        'llm.system': 'openai',
        'llm.model_name': 'gpt-5',
        'llm.input_messages.0.message.role': 'user',
        'llm.input_messages.0.message.contents.0.message_content.type': 'text',
        'llm.input_messages.0.message.contents.0.message_content.text': 'Hi',
        'llm.output_messages.0.message.role': 'assistant',
        'llm.output_messages.0.message.content': 'Hola',
        'llm.output_messages.0.message.tool_calls.0.tool_call.id': 'c1',
        'llm.output_messages.0.message.tool_calls.0.tool_call.function.name': 'find',
        'llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments': '{"id":7}',
        'input.value': '{"messages":"not these"}',
        'llm.token_count.prompt': 20,
        'llm.token_count.completion': 12,
        'llm.token_count.total': 32,
        'llm.token_count.prompt_details.cache_read': 4,
        'llm.token_count.completion_details.reasoning': 3,
      },
    ],
    [
      'the AI SDK',
      {
        'ai.operationId': 'ai.generateText.doGenerate',
        'ai.model.provider': 'openai.chat',
        'ai.model.id': 'gpt-5',
        'ai.prompt.messages': json([{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }]),
        'ai.response.text': 'Hola',
        'ai.response.toolCalls': json([{ toolCallId: 'c1', toolName: 'find', input: '{"id":7}' }]),
        'ai.usage.inputTokens': 20,
        'ai.usage.outputTokens': 12,
        'ai.usage.cachedInputTokens': 4,
        'ai.usage.reasoningTokens': 3,
      },
    ],
  ];
  it.each(older)('has the same in the words of %s', (_, attributes) => {
    const step = stepOf(span(attributes));
    expect(step).toMatchObject({ type: 'llm', name: 'gpt-5', output: ANSWER });
    expect(step.input).toEqual({ model: 'gpt-5', messages: [{ role: 'user', content: 'Hi' }] });
    expect(step.usage).toEqual({ ...USAGE, model: 'gpt-5', provider: 'openai' });
  });

  it('has messages that are events of the span', () => {
    const events: OtelEvent[] = [
      { name: 'gen_ai.user.message', at: 1, attributes: { content: 'Hi' } },
      { name: 'gen_ai.choice', at: 2, attributes: { message: json({ content: 'Hola' }), index: 0 } },
    ];
    expect(stepOf(span({ 'gen_ai.operation.name': 'chat' }, { events }))).toMatchObject({
      input: { messages: [{ role: 'user', content: 'Hi' }] },
      output: { text: 'Hola' },
    });
  });

  it('keeps the name that it had when this package exported it', () => {
    const given = { 'gen_ai.operation.name': 'chat', 'llm.model_name': 'whisper-1' };
    const exported = span(given, { name: 'transcribe', scope: { name: 'nestjs-trace-collector' } });
    expect([stepOf(exported).name, stepOf(span(given)).name]).toEqual(['transcribe', 'whisper-1']);
  });

  it('has no vectors of an embedding', () => {
    const given = { 'openinference.span.kind': 'EMBEDDING', 'input.value': 'Hi', 'output.value': '[0.1,0.2]' };
    expect(stepOf(span(given))).toMatchObject({ type: 'llm', input: 'Hi', output: undefined });
  });
});

describe('other work', () => {
  it('an agent repeats the tokens of its calls: they are left out', () => {
    const step = stepOf(
      span({ 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'sofia', 'gen_ai.usage.input_tokens': 40 }),
    );
    expect(step).toMatchObject({ type: 'agent', name: 'sofia' });
    expect(step.usage).toBeUndefined();
  });

  it.each([
    [{ 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'find', 'gen_ai.tool.call.arguments': '{"a":1}' }],
    [{ 'ai.operationId': 'ai.toolCall', 'ai.toolCall.name': 'find', 'ai.toolCall.args': '{"a":1}' }],
    [{ 'openinference.span.kind': 'TOOL', 'tool.name': 'find', 'input.value': '{"a":1}' }],
    [{ 'traceloop.span.kind': 'tool', 'traceloop.entity.name': 'find', 'traceloop.entity.input': '{"a":1}' }],
  ])('a tool has its name and its arguments: %j', (attributes) => {
    expect(stepOf(span(attributes))).toMatchObject({ type: 'tool', name: 'find', input: { a: 1 } });
  });

  it('a call has no query, no ids and no credentials in its path', () => {
    const step = stepOf(
      span(
        {
          'http.request.method': 'POST',
          'url.full': 'https://api.telegram.org/bot12:AAE-x/send?token=abc',
          'http.response.status_code': 403,
        },
        { kind: OTEL_KIND.client },
      ),
    );
    expect(step).toMatchObject({
      type: 'http',
      attributes: {
        'http.request.method': 'POST',
        'server.address': 'api.telegram.org',
        'url.template': '/bot{token}/send',
        'http.response.status_code': 403,
      },
    });
    expect(json(step)).not.toContain('abc');
  });

  it.each([
    [{ 'url.full': 'https://crm.example/a/42?q=1' }, 'crm.example', '/a/{id}'],
    [{ 'url.full': 'https://crm.example:8443/a' }, 'crm.example:8443', '/a'],
    [{ 'url.full': 'https://crm.example:8443/a', 'server.address': 'crm' }, 'crm:8443', '/a'],
    [{ 'url.full': 'https://crm.example/b', 'server.address': 'crm', 'server.port': 81 }, 'crm:81', '/b'],
    [{ 'server.address': 'crm', 'server.port': '443', 'url.path': '/a?q=1' }, 'crm', '/a'],
    [{ 'url.full': 'https://x/b', 'server.address': 'crm', 'server.port': 443, 'http.route': '/a/:n' }, 'crm', '/a/:n'],
    [{ 'url.full': 'no address', 'http.target': '/a/abc' }, undefined, '/a/abc'],
  ])('a call has its host, its port and its path from where the span says them: %j', (attributes, host, path) => {
    const { attributes: facts } = stepOf(
      span({ 'http.request.method': 'GET', ...attributes }, { kind: OTEL_KIND.client }),
    );
    expect([facts['server.address'], facts['url.template']]).toEqual([host, path]);
  });

  it('a request that another service received is a step, and no call', () => {
    expect(stepOf(span({ 'http.request.method': 'GET' }, { kind: OTEL_KIND.server })).type).toBe('step');
  });

  it('a statement of a database is its input', () => {
    const step = stepOf(span({ 'db.system': 'postgresql', 'db.statement': 'SELECT 1' }, { kind: OTEL_KIND.client }));
    expect(step).toMatchObject({ type: 'db', input: 'SELECT 1', attributes: { 'db.system': 'postgresql' } });
  });

  it('documents of a retriever are its output', () => {
    const step = stepOf(
      span({
        'openinference.span.kind': 'RETRIEVER',
        'input.value': 'q',
        'retrieval.documents.0.document.content': 'd',
      }),
    );
    expect(step).toMatchObject({ type: 'retriever', input: 'q', output: [{ document: { content: 'd' } }] });
  });

  it('a span without a known name is a step under its own name', () => {
    expect(stepOf(span({ color: 'red' }, { name: 'paint' }))).toEqual({
      type: 'step',
      name: 'paint',
      attributes: {},
      input: undefined,
      output: undefined,
    });
  });
});

describe('a failure', () => {
  const failed = { status: { code: OTEL_STATUS.error, message: 'no route' } };
  it('is the exception', () => {
    const attributes = {
      'exception.type': 'TimeoutError',
      'exception.message': 'late',
      'exception.stacktrace': 'at x',
    };
    const events = [{ name: 'exception', at: 1, attributes }];
    expect(stepOf(span({}, { ...failed, events })).error).toEqual({
      type: 'TimeoutError',
      message: 'late',
      stack: 'at x',
    });
  });

  it('is else what the status says', () => {
    expect(stepOf(span({ 'error.type': '503' }, failed)).error).toEqual({ type: '503', message: 'no route' });
  });

  const STACK = 'TypeError: no\n\nslot\n    at find (/app/a.js:1:2)';
  it.each([
    [
      'a message with an empty line',
      `no\n\nslot\n\n${STACK}`,
      { type: 'TypeError', message: 'no\n\nslot', stack: STACK },
    ],
    ['no message', '\n\nAborted\n    at a', { type: 'Aborted', message: '', stack: 'Aborted\n    at a' }],
    [
      'a code of Node',
      'bad\n\nTypeError [ERR_X]: bad\n    at a',
      { type: 'TypeError', message: 'bad', stack: 'TypeError [ERR_X]: bad\n    at a' },
    ],
    ['another message', `no\n\n${STACK}`, { type: 'Error', message: `no\n\n${STACK}` }],
    ['no stack', 'a\n\nError: a', { type: 'Error', message: 'a\n\nError: a' }],
    ['only empty lines', '\n'.repeat(100_000), { type: 'Error', message: '\n'.repeat(100_000) }],
  ])('is read from a text of message and stack: %s', (_, text, error) => {
    const events = [{ name: 'exception', at: 1, attributes: { 'exception.message': text } }];
    expect(stepOf(span({}, { ...failed, events })).error).toEqual(error);
  });

  it('is none where a caught exception left the status alone', () => {
    const events = [{ name: 'exception', at: 1, attributes: { 'exception.type': 'E' } }];
    expect(stepOf(span({}, { events })).error).toBeUndefined();
  });
});

it.each([
  ['JSON that is none', { 'gen_ai.operation.name': 'chat', 'gen_ai.input.messages': '[{"role":', 'input.value': '{' }],
  ['names without end', { 'gen_ai.operation.name': 'chat', [`gen_ai.prompt.0${'.x'.repeat(5_000)}`]: 1 }],
  ['names of prototypes', { 'gen_ai.operation.name': '__proto__', 'gen_ai.prompt.__proto__.polluted': 'yes' }],
  ['a list with a hole', { 'gen_ai.operation.name': 'chat', 'gen_ai.prompt.9999.content': 'x' }],
  [
    'both a value and members',
    { 'gen_ai.operation.name': 'chat', 'gen_ai.prompt.0': 'x', 'gen_ai.prompt.0.role': 'user' },
  ],
])('%s harms nothing', (_, attributes) => {
  expect(() => stepOf(span(attributes as unknown as OtelAttributes))).not.toThrow();
  expect(({} as { polluted?: string }).polluted).toBeUndefined();
});
