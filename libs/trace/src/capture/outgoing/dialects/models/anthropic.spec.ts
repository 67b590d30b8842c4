import { namedSse, readCall } from '../../../../../../../test/support/fakes/model-call.js';

const URL_OF = 'https://api.anthropic.com/v1/messages';

const start = {
  type: 'message_start',
  message: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-opus-4-5-20251101',
    content: [],
    stop_reason: null,
    usage: { input_tokens: 25, cache_read_input_tokens: 900, cache_creation_input_tokens: 10, output_tokens: 1 },
  },
};

const block = (index: number, content_block: object) => ({ type: 'content_block_start', index, content_block });
const delta = (index: number, fields: object) => ({ type: 'content_block_delta', index, delta: fields });
const stop = (index: number) => ({ type: 'content_block_stop', index });

const EVENTS = [
  start,
  { type: 'ping' },
  block(0, { type: 'thinking', thinking: '', signature: '' }),
  delta(0, { type: 'thinking_delta', thinking: 'A price, ' }),
  delta(0, { type: 'thinking_delta', thinking: 'then.' }),
  delta(0, { type: 'signature_delta', signature: 'EqQB' }),
  stop(0),
  block(1, { type: 'text', text: '' }),
  delta(1, { type: 'text_delta', text: 'Let me ' }),
  delta(1, { type: 'text_delta', text: 'see…' }),
  stop(1),
  block(2, { type: 'tool_use', id: 'toolu_1', name: 'quote', input: {} }),
  delta(2, { type: 'input_json_delta', partial_json: '' }),
  delta(2, { type: 'input_json_delta', partial_json: '{"tyres"' }),
  delta(2, { type: 'input_json_delta', partial_json: ': 4}' }),
  stop(2),
  block(3, { type: 'tool_use', id: 'toolu_2', name: 'stock', input: {} }),
  stop(3),
  block(4, { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} }),
  stop(4),
  {
    type: 'message_delta',
    delta: { stop_reason: 'tool_use', stop_sequence: null },
    usage: { output_tokens: 89, input_tokens: null },
  },
  { type: 'message_stop' },
];

const OUTPUT = {
  id: 'msg_1',
  text: 'Let me see…',
  reasoning: 'A price, then.',
  tool_calls: [
    { id: 'toolu_1', name: 'quote', arguments: { tyres: 4 } },
    { id: 'toolu_2', name: 'stock', arguments: {} },
  ],
};

const USAGE = { input_tokens: 25, cache_read_input_tokens: 900, cache_creation_input_tokens: 10, output_tokens: 89 };

describe("Anthropic's messages", () => {
  it('reads system prompts, images, results of tools, and the answer', () => {
    const data = Buffer.alloc(99).toString('base64');
    const read = readCall({
      url: URL_OF,
      body: {
        model: 'claude-opus-4-5',
        max_tokens: 1024,
        system: [
          { type: 'text', text: 'You sell tyres.', cache_control: { type: 'ephemeral' } },
          { type: 'text', text: 'Be short.' },
        ],
        thinking: { type: 'enabled', budget_tokens: 2000 },
        tool_choice: { type: 'tool', name: 'quote' },
        tools: [
          { name: 'quote', input_schema: {} },
          { type: 'web_search_20250305', name: 'web_search' },
        ],
        messages: [
          { role: 'user', content: 'Hello' },
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 'Hm.', signature: 'EqQB' },
              { type: 'redacted_thinking', data: 'EmwK' },
              { type: 'text', text: 'Hi.' },
              { type: 'tool_use', id: 'toolu_0', name: 'stock', input: { size: 17 } },
            ],
          },
          {
            role: 'user',
            content: [
              { type: 'tool_result', tool_use_id: 'toolu_0', content: [{ type: 'text', text: '3 left' }] },
              { type: 'tool_result', tool_use_id: 'toolu_00', content: 'none', is_error: true },
              { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data } },
              { type: 'document', title: 'Order', source: { type: 'url', url: 'https://a.example/o.pdf' } },
              { type: 'text', text: 'And these?' },
            ],
          },
        ],
      },
      response: {
        ...start.message,
        content: [
          { type: 'thinking', thinking: 'A price, then.' },
          { type: 'text', text: 'Let me see…' },
          { type: 'tool_use', id: 'toolu_1', name: 'quote', input: { tyres: 4 } },
          { type: 'tool_use', id: 'toolu_2', name: 'stock', input: {} },
        ],
        stop_reason: 'tool_use',
        usage: USAGE,
      },
    });
    expect(read).toEqual({
      dialect: 'anthropic',
      provider: 'anthropic',
      request: {
        model: 'claude-opus-4-5',
        input: {
          model: 'claude-opus-4-5',
          messages: [
            { role: 'system', content: 'You sell tyres.\nBe short.' },
            { role: 'user', content: 'Hello' },
            {
              role: 'assistant',
              content: [
                { type: 'reasoning', text: 'Hm.' },
                { type: 'text', text: 'Hi.' },
              ],
              tool_calls: [{ id: 'toolu_0', name: 'stock', arguments: { size: 17 } }],
            },
            { role: 'tool', tool_call_id: 'toolu_0', content: '3 left' },
            { role: 'tool', tool_call_id: 'toolu_00', content: 'none' },
            {
              role: 'user',
              content: [
                { type: 'image', media_type: 'image/jpeg', bytes: 99 },
                { type: 'file', name: 'Order', url: 'https://a.example/o.pdf' },
                { type: 'text', text: 'And these?' },
              ],
            },
          ],
          tools: ['quote', 'web_search'],
          parameters: { max_tokens: 1024, budget_tokens: 2000, tool_choice: 'quote' },
        },
      },
      response: {
        model: 'claude-opus-4-5-20251101',
        output: { ...OUTPUT, finish_reason: 'tool_use' },
        finish: 'tool_use',
        usage: USAGE,
      },
    });
  });

  it('puts a stream together: blocks by index, usage of its start and its end', () => {
    expect(readCall({ url: URL_OF, response: namedSse(...EVENTS) })?.response).toEqual({
      model: 'claude-opus-4-5-20251101',
      output: { ...OUTPUT, finish_reason: 'tool_use' },
      finish: 'tool_use',
      usage: USAGE,
      firstTokenAt: namedSse(...EVENTS.slice(0, 4)).length - 3,
    });
  });

  it('gives what had arrived of a stream that was left early', () => {
    expect(readCall({ url: URL_OF, response: namedSse(...EVENTS.slice(0, 9)), ended: 'left' })?.response).toMatchObject(
      {
        output: { text: 'Let me ', reasoning: 'A price, then.' },
        usage: { input_tokens: 25, output_tokens: 1 },
      },
    );
  });

  it('reads usage of both ends of a stream that was too long', () => {
    const words = Array.from({ length: 200 }, (_, i) => delta(1, { type: 'text_delta', text: `w${i} ` }));
    const response = namedSse(...EVENTS.slice(0, 8), ...words, ...EVENTS.slice(-2));
    const read = readCall({ url: URL_OF, response, max: 3_000 })?.response;
    expect(read).toMatchObject({
      usage: USAGE,
      finish: 'tool_use',
      output: { text: expect.stringMatching(/^w0 w1 .*…$/) },
    });
    expect((read?.output as { text: string }).text).not.toContain('w199');
  });

  it('says why a call failed, also in the middle of a stream', () => {
    const error = { type: 'overloaded_error', message: 'Overloaded' };
    const failure = { code: 'overloaded_error', reason: 'Overloaded' };
    expect(
      readCall({ url: URL_OF, status: 529, response: { type: 'error', error, request_id: 'req_1' } })?.response,
    ).toEqual({
      output: { error: { ...error, status: 529 } },
      failure,
    });
    const stream = namedSse(...EVENTS.slice(0, 9), { type: 'error', error } as { type: string });
    expect(readCall({ url: URL_OF, response: stream })?.response).toMatchObject({
      output: { text: 'Let me ', error },
      failure,
    });
  });

  it.each([
    ['https://api.anthropic.com/v1/messages', {}, 'anthropic'],
    ['https://api.deepseek.com/anthropic/v1/messages', {}, 'deepseek'],
    ['http://127.0.0.1:4000/v1/messages', { 'anthropic-version': '2023-06-01' }, '127.0.0.1:4000'],
    [
      'https://eu-aiplatform.googleapis.com/v1/projects/p/locations/eu/publishers/anthropic/models/claude-opus-4-5@20251101:streamRawPredict',
      {},
      'gcp.vertex_ai',
    ],
  ])('reads %s', (url, headers, provider) => {
    expect(readCall({ url, headers, body: { messages: [] }, response: {} })).toMatchObject({
      dialect: 'anthropic',
      provider,
    });
  });

  it('takes the model of Vertex from the path', () => {
    const url =
      'https://us-aiplatform.googleapis.com/v1/projects/p/locations/us/publishers/anthropic/models/claude-opus-4-5%4020251101:rawPredict';
    expect(readCall({ url, body: { messages: [] }, response: {} })?.request?.model).toBe('claude-opus-4-5@20251101');
  });

  it.each([
    'https://waba.360dialog.io/v1/messages',
    'https://api.nexmo.com/v1/messages',
    'https://graph.facebook.com/v21.0/1/messages',
    'https://acme.example/messages',
    'https://api.anthropic.com/v1/messages/count_tokens',
    'https://api.anthropic.com/v1/messages/batches',
  ])('does not take %s', (url) => {
    expect(readCall({ url, body: { messages: [] } })).toBeUndefined();
  });
});
