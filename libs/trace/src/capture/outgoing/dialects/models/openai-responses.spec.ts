import { namedSse, readCall } from '../../../../../../../test/support/fakes/model-call.js';

const URL_OF = 'https://api.openai.com/v1/responses';

const USAGE = {
  input_tokens: 36,
  input_tokens_details: { cached_tokens: 8 },
  output_tokens: 87,
  output_tokens_details: { reasoning_tokens: 20 },
  total_tokens: 123,
};

const ANSWER = {
  id: 'resp_1',
  object: 'response',
  status: 'completed',
  error: null,
  incomplete_details: null,
  model: 'gpt-5-mini-2025-08-07',
  output: [
    { id: 'rs_1', type: 'reasoning', summary: [{ type: 'summary_text', text: 'They want a price.' }] },
    { id: 'ws_1', type: 'web_search_call', status: 'completed', action: { type: 'search', query: 'tyres' } },
    {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'One moment.', annotations: [] }],
    },
    { id: 'fc_1', type: 'function_call', call_id: 'call_1', name: 'quote', arguments: '{"tyres":4}' },
  ],
  usage: USAGE,
};

const OUTPUT = {
  id: 'resp_1',
  text: 'One moment.',
  reasoning: 'They want a price.',
  tool_calls: [{ id: 'call_1', name: 'quote', arguments: { tyres: 4 } }],
};

const created = { type: 'response.created', response: { ...ANSWER, status: 'in_progress', output: [], usage: null } };

/** A stream of the answer, without its last event. */
const EVENTS = [
  created,
  { type: 'response.output_item.added', output_index: 0, item: { id: 'rs_1', type: 'reasoning', summary: [] } },
  { type: 'response.reasoning_summary_part.added', output_index: 0, summary_index: 0, part: { type: 'summary_text' } },
  { type: 'response.reasoning_summary_text.delta', output_index: 0, summary_index: 0, delta: 'They want ' },
  { type: 'response.reasoning_summary_text.delta', output_index: 0, summary_index: 0, delta: 'a price.' },
  {
    type: 'response.output_item.added',
    output_index: 1,
    item: { id: 'msg_1', type: 'message', role: 'assistant', content: [] },
  },
  { type: 'response.output_text.delta', output_index: 1, content_index: 0, delta: 'One ' },
  { type: 'response.output_text.delta', output_index: 1, content_index: 0, delta: 'moment.' },
  {
    type: 'response.output_item.added',
    output_index: 2,
    item: { id: 'fc_1', type: 'function_call', call_id: 'call_1', name: 'quote', arguments: '' },
  },
  { type: 'response.function_call_arguments.delta', output_index: 2, delta: '{"tyres"' },
  { type: 'response.function_call_arguments.delta', output_index: 2, delta: ':4}' },
];

describe('the Responses API', () => {
  it('reads items of the input, and the answer', () => {
    const read = readCall({
      url: URL_OF,
      body: {
        model: 'gpt-5-mini',
        instructions: 'You sell tyres.',
        input: [
          {
            role: 'user',
            content: [
              { type: 'input_text', text: 'A price?' },
              { type: 'input_image', image_url: 'https://a.example/b.png' },
            ],
          },
          { type: 'reasoning', id: 'rs_0', summary: [], encrypted_content: 'gAAAA' },
          { type: 'function_call', call_id: 'call_0', name: 'stock', arguments: '{"size":17}' },
          { type: 'function_call', call_id: 'call_9', name: 'shops', arguments: '{}' },
          { type: 'function_call_output', call_id: 'call_0', output: '{"left":3}' },
          { type: 'item_reference', id: 'msg_0' },
        ],
        tools: [{ type: 'function', name: 'quote', parameters: {} }, { type: 'web_search' }],
        text: { format: { type: 'json_schema', name: 'offer', schema: {} }, verbosity: 'low' },
        reasoning: { effort: 'low', summary: 'auto' },
        previous_response_id: 'resp_0',
      },
      response: ANSWER,
    });
    expect(read).toEqual({
      dialect: 'openai-responses',
      provider: 'openai',
      request: {
        model: 'gpt-5-mini',
        input: {
          model: 'gpt-5-mini',
          messages: [
            { role: 'system', content: 'You sell tyres.' },
            {
              role: 'user',
              content: [
                { type: 'text', text: 'A price?' },
                { type: 'image', url: 'https://a.example/b.png' },
              ],
            },
            {
              role: 'assistant',
              tool_calls: [
                { id: 'call_0', name: 'stock', arguments: { size: 17 } },
                { id: 'call_9', name: 'shops', arguments: {} },
              ],
            },
            { role: 'tool', tool_call_id: 'call_0', content: '{"left":3}' },
          ],
          tools: ['quote', 'web_search'],
          parameters: {
            effort: 'low',
            verbosity: 'low',
            previous_response_id: 'resp_0',
            response_format: 'offer',
          },
        },
      },
      response: {
        model: 'gpt-5-mini-2025-08-07',
        output: { ...OUTPUT, finish_reason: 'completed' },
        finish: 'completed',
        usage: USAGE,
      },
    });
  });

  it('reads a text as the input', () => {
    expect(readCall({ url: URL_OF, body: { model: 'm', input: 'Hello' }, response: {} })?.request?.input).toEqual({
      model: 'm',
      messages: [{ role: 'user', content: 'Hello' }],
    });
  });

  it('reads a stream to its end, and what arrived of one that was left', () => {
    const first = namedSse(...EVENTS.slice(0, 4));
    const whole = namedSse(...EVENTS, { type: 'response.completed', response: ANSWER } as { type: string });
    expect(readCall({ url: URL_OF, response: whole })?.response).toEqual({
      model: 'gpt-5-mini-2025-08-07',
      output: { ...OUTPUT, finish_reason: 'completed' },
      finish: 'completed',
      usage: USAGE,
      firstTokenAt: first.length - 3,
    });
    expect(readCall({ url: URL_OF, response: namedSse(...EVENTS), ended: 'left' })?.response).toEqual({
      model: 'gpt-5-mini-2025-08-07',
      output: OUTPUT,
      firstTokenAt: first.length - 3,
    });
  });

  it('reads the last event of a stream that was too long, whole or cut', () => {
    const many = Array.from({ length: 300 }, (_, i) => ({
      type: 'response.output_text.delta',
      output_index: 1,
      content_index: 0,
      delta: `w${i} `,
    }));
    const end = { type: 'response.completed', response: ANSWER };
    const response = namedSse(...EVENTS.slice(0, 6), ...many, end);
    expect(readCall({ url: URL_OF, response, max: 8_000 })?.response).toMatchObject({
      output: { ...OUTPUT, finish_reason: 'completed' },
      usage: USAGE,
    });
    const cut = readCall({ url: URL_OF, response, max: 2_200 })?.response;
    expect(cut).toMatchObject({ usage: USAGE, output: { text: expect.stringMatching(/^w0 w1 .*…$/) } });
  });

  it('says that an answer is incomplete, and why one failed', () => {
    const incomplete = { ...ANSWER, status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
    const error = { code: 'server_error', message: 'The model failed.' };
    const failed = { ...ANSWER, status: 'failed', output: [], error };
    expect(readCall({ url: URL_OF, response: incomplete })?.response).toMatchObject({ finish: 'max_output_tokens' });
    const streamed = namedSse(created, { type: 'response.incomplete', response: incomplete } as { type: string });
    expect(readCall({ url: URL_OF, response: streamed })?.response).toMatchObject({ finish: 'max_output_tokens' });
    for (const response of [
      failed,
      namedSse(created, { type: 'response.failed', response: failed } as { type: string }),
    ])
      expect(readCall({ url: URL_OF, response })?.response).toMatchObject({
        failure: { code: 'server_error', reason: 'The model failed.' },
        output: { error },
      });
    const event = namedSse(created, { type: 'error', ...error } as { type: string });
    expect(readCall({ url: URL_OF, response: event })?.response).toMatchObject({
      failure: { code: 'server_error', reason: 'The model failed.' },
    });
  });

  it('reads a refusal', () => {
    const part = { type: 'refusal', refusal: 'No.' };
    const plain = { status: 'completed', output: [{ type: 'message', content: [part] }] };
    expect(readCall({ url: URL_OF, response: plain })?.response.output).toMatchObject({ refusal: 'No.' });
    const delta = { type: 'response.refusal.delta', output_index: 0, content_index: 0, delta: 'No.' };
    expect(readCall({ url: URL_OF, response: namedSse(created, delta) })?.response.output).toMatchObject({
      refusal: 'No.',
    });
  });

  it('reads compatible servers, and no survey', () => {
    const url = 'http://127.0.0.1:1234/v1/responses';
    expect(readCall({ url, body: { model: 'm', input: 'Hi' }, response: ANSWER })).toMatchObject({
      dialect: 'openai-responses',
      provider: '127.0.0.1:1234',
    });
    expect(readCall({ url, body: { survey: 7, answers: [] } })?.request).toBeUndefined();
  });
});
