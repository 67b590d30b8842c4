/**
 * A full trace with everything that capture records without user code, as a file has it: model calls (tools, images,
 * reasoning, streams), retries, outgoing calls, log lines, a reply that was accepted and one that was refused.
 */
const START = Date.parse('2026-11-20T14:30:22.000Z');

const at = (ms: number) => new Date(START + ms).toISOString().replace('Z', '000Z');

interface Given {
  type: string;
  name?: string;
  span?: string;
  parent?: string;
  /** Milliseconds from the start of the trace. */
  from: number;
  took?: number;
  data?: unknown;
  attributes?: Record<string, string | number | boolean>;
  usage?: Record<string, unknown>;
}

const PROMPT = `You are Sofia, who books appointments for a clinic. ${'Answer in the language of the contact. '.repeat(12)}`;
const TOOL_CALL = { id: 'call_7Kx2', name: 'check_calendar', arguments: { day: '2026-11-27', doctor: 'Ruiz' } };

const http = (method: string, host: string, path: string, status: number | undefined, more = {}) => ({
  'http.request.method': method,
  'server.address': host,
  'url.template': path,
  ...(status !== undefined && { 'http.response.status_code': status }),
  'http.response.body.size': 1_240,
  'trace.source': 'http',
  ...more,
});

const model = (status: number, more = {}) =>
  http('POST', 'api.openai.com', '/v1/chat/completions', status, {
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-5-mini',
    ...more,
  });

const MESSAGES = [
  { role: 'system', content: PROMPT },
  {
    role: 'user',
    content: [
      { type: 'text', text: '¿Hay hora el viernes con el doctor Ruiz?' },
      { type: 'image', media_type: 'image/png', bytes: 182_400, name: 'receta.png' },
    ],
  },
];

const EVENTS: Given[] = [
  { type: 'webhook_received', from: 0, data: { message: '¿Hay hora el viernes con el doctor Ruiz?' } },
  { type: 'log', from: 2, data: { level: 'log', context: 'WebhookController', message: 'Webhook from ana' } },
  { type: 'agent', name: 'sofia', span: 'a', from: 5, took: 4_380, data: { outcome: 'ok' } },
  {
    type: 'http',
    name: 'GET crm.example.com',
    span: 'h1',
    parent: 'a',
    from: 8,
    took: 62,
    attributes: http('GET', 'crm.example.com', '/contacts/{id}', 200),
    data: {
      input: {
        method: 'GET',
        url: 'https://crm.example.com/contacts/ana?token=[REDACTED]',
        headers: { accept: 'application/json' },
      },
      output: {
        status: 200,
        headers: { 'content-type': 'application/json', 'x-request-id': 'req_81' },
        body: { id: 'ana', plan: 'gold' },
      },
      outcome: 'ok',
    },
  },
  { type: 'trace_tag', span: 'a', from: 71, data: { key: 'plan', value: 'gold' } },
  ...[429, 429, 200].map((status, index): Given => ({
    type: 'llm',
    name: 'gpt-5-mini',
    span: `m${index}`,
    parent: 'a',
    from: [80, 420, 1_150][index] as number,
    took: [190, 210, 1_480][index],
    attributes: model(status, {
      ...(index > 0 && { 'http.request.resend_count': index }),
      ...(status === 429
        ? { 'error.type': 'rate_limit_exceeded' }
        : {
            'gen_ai.response.model': 'gpt-5-mini-2026-08-07',
            'gen_ai.response.finish_reasons': 'tool_calls',
            'gen_ai.response.time_to_first_chunk': 312,
          }),
    }),
    ...(status === 200 && {
      usage: {
        model: 'gpt-5-mini-2026-08-07',
        provider: 'openai',
        input_tokens: 812,
        output_tokens: 64,
        cache_read_tokens: 512,
        reasoning_tokens: 24,
        total_tokens: 876,
        cost_usd: 0.000_296_8,
      },
    }),
    data: {
      input: {
        model: 'gpt-5-mini',
        messages: MESSAGES,
        tools: ['check_calendar', 'book'],
        parameters: { temperature: 0.2, stream: true },
      },
      ...(status === 200
        ? {
            output: {
              reasoning: 'The contact asks for Friday. I need the calendar of doctor Ruiz.',
              tool_calls: [TOOL_CALL],
              finish_reason: 'tool_calls',
              id: 'chatcmpl-1',
            },
            outcome: 'ok',
          }
        : {
            output: {
              error: {
                status,
                code: 'rate_limit_exceeded',
                message: 'Rate limit reached for gpt-5-mini on tokens per min (TPM)',
              },
            },
            outcome: 'error',
          }),
    },
  })),
  {
    type: 'log',
    span: 'a',
    from: 300,
    data: { level: 'warn', context: 'OpenAI', message: 'Retrying after 429', data: { attempt: 1 } },
  },
  {
    type: 'tool',
    name: 'check_calendar',
    span: 't',
    parent: 'a',
    from: 2_640,
    took: 130,
    data: { input: ['2026-11-27'], output: ['10:00', '12:00'], outcome: 'ok' },
  },
  {
    type: 'db',
    name: 'SELECT slots',
    span: 'd',
    parent: 't',
    from: 2_645,
    took: 18,
    data: { outcome: 'ok' },
  },
  {
    type: 'retriever',
    name: 'prices',
    span: 'r',
    parent: 'a',
    from: 2_780,
    took: 45,
    data: { outcome: 'ok' },
  },
  {
    type: 'llm',
    name: 'my-finetune',
    span: 'm4',
    parent: 'a',
    from: 2_840,
    took: 900,
    attributes: model(200, { 'gen_ai.request.model': 'my-finetune', 'gen_ai.response.time_to_first_chunk': 180 }),
    usage: { model: 'my-finetune', provider: 'openai', input_tokens: 1_004, output_tokens: 41, cost_usd: null },
    data: {
      input: {
        model: 'my-finetune',
        messages: [
          ...MESSAGES,
          { role: 'assistant', tool_calls: [TOOL_CALL] },
          {
            role: 'tool',
            tool_call_id: TOOL_CALL.id,
            name: 'check_calendar',
            content: '{"slots":["10:00","12:00"],"doctor":"Ruiz"}',
          },
        ],
      },
      output: { text: 'El viernes hay hora a las 10:00 y a las 12:00. ¿Cuál prefieres?', finish_reason: 'stop' },
      outcome: 'ok',
    },
  },
  {
    type: 'llm',
    name: 'claude-haiku-4-5',
    span: 'm5',
    parent: 'a',
    from: 3_745,
    took: 210,
    attributes: http('POST', 'api.anthropic.com', '/v1/messages', 200, {
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': 'claude-haiku-4-5',
      'gen_ai.response.finish_reasons': 'refusal',
    }),
    usage: {
      model: 'claude-haiku-4-5',
      provider: 'anthropic',
      input_tokens: 96,
      output_tokens: 8,
      cost_usd: 0.000_136,
    },
    data: {
      input: { model: 'claude-haiku-4-5', messages: [{ role: 'user', content: 'Is this reply polite?' }] },
      output: { refusal: 'I cannot judge this reply.', finish_reason: 'refusal' },
      outcome: 'ok',
    },
  },
  {
    type: 'http',
    name: 'POST graph.facebook.com',
    span: 'h2',
    parent: 'a',
    from: 3_960,
    took: 140,
    attributes: http('POST', 'graph.facebook.com', '/v21.0/{id}/messages', 200),
    data: {
      input: { method: 'POST', url: 'https://graph.facebook.com/v21.0/1234567/messages', body: { to: '34600111222' } },
      output: { status: 200, body: { messages: [{ id: 'wamid.ok' }] } },
      outcome: 'ok',
    },
  },
  {
    type: 'message_sent',
    span: 'h2',
    from: 4_099,
    data: {
      message: 'El viernes hay hora a las 10:00 y a las 12:00. ¿Cuál prefieres?',
      channel: 'whatsapp',
      message_id: 'wamid.ok',
      to: '34600111222',
      provider: 'whatsapp',
      via: 'http',
    },
  },
  {
    type: 'http',
    name: 'POST graph.facebook.com',
    span: 'h3',
    parent: 'a',
    from: 4_110,
    took: 120,
    attributes: http('POST', 'graph.facebook.com', '/v21.0/{id}/messages', 400, { 'error.type': '131030' }),
    data: {
      input: { method: 'POST', url: 'https://graph.facebook.com/v21.0/1234567/messages', body: { to: '34600999888' } },
      output: {
        status: 400,
        body: { error: { code: 131_030, message: 'Recipient phone number not in allowed list' } },
        error: { code: '131030', message: 'Recipient phone number not in allowed list' },
      },
      outcome: 'error',
    },
  },
  {
    type: 'message_failed',
    span: 'h3',
    from: 4_229,
    data: {
      message: 'Aviso a recepción: Ana pregunta por el viernes',
      channel: 'whatsapp',
      to: '34600999888',
      provider: 'whatsapp',
      status: 400,
      code: '131030',
      reason: 'Recipient phone number not in allowed list',
      via: 'http',
    },
  },
  {
    type: 'http',
    name: 'POST hooks.example.com',
    span: 'h4',
    parent: 'a',
    from: 2_900,
    took: 1_430,
    attributes: http('POST', 'hooks.example.com', '/audit', 204),
    data: {
      input: { method: 'POST', url: 'https://hooks.example.com/audit' },
      output: { status: 204 },
      outcome: 'ok',
    },
  },
  {
    type: 'log',
    span: 'a',
    from: 4_240,
    data: {
      level: 'error',
      context: 'Notifier',
      message: 'Could not notify the reception',
      error: {
        type: 'TypeError',
        message: "Cannot read properties of undefined (reading 'id')",
        stack: `TypeError: Cannot read properties of undefined (reading 'id')\n    at Notifier.send (/app/src/notifier.ts:18:24)`,
      },
    },
  },
  ...[1, 2, 3].map((n): Given => ({
    type: 'log',
    span: 'a',
    from: 4_250 + n,
    data: { level: 'debug', context: 'Sofia', message: `step ${n} done` },
  })),
  { type: 'webhook_acknowledged', from: 4_400, data: { status_code: 200 } },
];

/** The trace; `extra` events follow its own. */
export function capturedTrace(extra: Given[] = []): any {
  return {
    trace_id: 'ana_20261120_143022_000000',
    contact_id: 'ana',
    duration_ms: 4_400,
    status: 'completed',
    webhook_message: '¿Hay hora el viernes con el doctor Ruiz?',
    timeline: [],
    summary: {
      message_sent: true,
      response_preview: 'El viernes hay hora a las 10:00 y a las 12:00. ¿Cuál prefieres?',
      llm: { calls: 3, input_tokens: 1_912, output_tokens: 113, cost_usd: 0.000_432_8, unknown_cost_calls: 1 },
    },
    debug_hints: ['📵 The reply was refused: whatsapp 400 (131030) Recipient phone number not in allowed list'],
    started_at: at(0),
    ended_at: at(4_400),
    traceparent: '',
    webhook: { method: 'POST', path: '/webhook', type: 'whatsapp', direction: 'inbound', body: {}, status_code: 200 },
    events: [...EVENTS, ...extra].map(({ type, name, span, parent, from, took, data, attributes, usage }, index) => ({
      seq: index + 1,
      timestamp: at(from),
      type,
      name: name ?? null,
      span_id: span ?? null,
      parent_span_id: parent ?? null,
      duration_ms: took ?? null,
      data: data ?? null,
      ...(attributes && { attributes }),
      ...(usage && { usage }),
    })),
    errors: [],
  };
}
