import { readCall, sse } from '../../../../../../../test/support/fakes/model-call.js';

const V2 = 'https://api.cohere.com/v2/chat';
const V1 = 'https://api.cohere.com/v1/chat';

const USAGE = { billed_units: { input_tokens: 20, output_tokens: 5 }, tokens: { input_tokens: 90, output_tokens: 7 } };

const message = (fields: object) => ({ delta: { message: fields } });

const EVENTS = [
  { type: 'message-start', id: 'c1', ...message({ role: 'assistant', content: [], tool_plan: '', tool_calls: [] }) },
  { type: 'tool-plan-delta', ...message({ tool_plan: 'I will ' }) },
  { type: 'tool-plan-delta', ...message({ tool_plan: 'look.' }) },
  {
    type: 'tool-call-start',
    index: 0,
    ...message({ tool_calls: { id: 'quote_1', type: 'function', function: { name: 'quote', arguments: '' } } }),
  },
  { type: 'tool-call-delta', index: 0, ...message({ tool_calls: { function: { arguments: '{"tyres"' } } }) },
  { type: 'tool-call-delta', index: 0, ...message({ tool_calls: { function: { arguments: ':4}' } } }) },
  { type: 'tool-call-end', index: 0 },
  { type: 'content-start', index: 0, ...message({ content: { type: 'text', text: '' } }) },
  { type: 'content-delta', index: 0, ...message({ content: { text: 'Let me ' } }) },
  { type: 'content-delta', index: 0, ...message({ content: { text: 'see.' } }) },
  { type: 'content-end', index: 0 },
  { type: 'message-end', delta: { finish_reason: 'TOOL_CALL', usage: USAGE } },
];

const OUTPUT = {
  id: 'c1',
  text: 'Let me see.',
  reasoning: 'I will look.',
  tool_calls: [{ id: 'quote_1', name: 'quote', arguments: { tyres: 4 } }],
  finish_reason: 'TOOL_CALL',
};

describe('Cohere', () => {
  it('reads version 2, plain and streamed', () => {
    const body = {
      model: 'command-a-03-2025',
      messages: [
        { role: 'system', content: 'You sell tyres.' },
        { role: 'user', content: 'A price?' },
        { role: 'tool', tool_call_id: 'stock_1', content: [{ type: 'text', text: '{"left":3}' }] },
      ],
      tools: [{ type: 'function', function: { name: 'quote' } }],
      p: 0.9,
    };
    const response = {
      id: 'c1',
      finish_reason: 'TOOL_CALL',
      message: {
        role: 'assistant',
        tool_plan: 'I will look.',
        tool_calls: [{ id: 'quote_1', type: 'function', function: { name: 'quote', arguments: '{"tyres":4}' } }],
        content: [{ type: 'text', text: 'Let me see.' }],
      },
      usage: USAGE,
    };
    const read = readCall({ url: V2, body, response });
    expect(read).toEqual({
      dialect: 'cohere',
      provider: 'cohere',
      request: {
        model: 'command-a-03-2025',
        input: {
          model: 'command-a-03-2025',
          messages: [
            { role: 'system', content: 'You sell tyres.' },
            { role: 'user', content: 'A price?' },
            { role: 'tool', tool_call_id: 'stock_1', content: '{"left":3}' },
          ],
          tools: ['quote'],
          parameters: { p: 0.9 },
        },
      },
      response: { output: OUTPUT, finish: 'TOOL_CALL', usage: USAGE },
    });
    expect(readCall({ url: V2, body, response: sse(...EVENTS) })?.response).toEqual({
      ...read?.response,
      firstTokenAt: sse(...EVENTS.slice(0, 2)).length - 3,
    });
  });

  it('reads version 1, plain and streamed', () => {
    const body = {
      model: 'command-r',
      preamble: 'You sell tyres.',
      chat_history: [
        { role: 'USER', message: 'Hello' },
        { role: 'CHATBOT', message: 'Hi' },
      ],
      message: 'A price?',
      tool_results: [{ call: { name: 'stock', parameters: {} }, outputs: [{ left: 3 }] }],
    };
    const response = {
      generation_id: 'g1',
      text: 'Let me see.',
      finish_reason: 'COMPLETE',
      tool_calls: [{ name: 'quote', parameters: { tyres: 4 } }],
      meta: USAGE,
    };
    const output = {
      id: 'g1',
      text: 'Let me see.',
      tool_calls: [{ name: 'quote', arguments: { tyres: 4 } }],
      finish_reason: 'COMPLETE',
    };
    const read = readCall({ url: V1, body, response });
    expect(read?.request?.input).toEqual({
      model: 'command-r',
      messages: [
        { role: 'system', content: 'You sell tyres.' },
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content: 'Hi' },
        { role: 'user', content: 'A price?' },
        { role: 'tool', name: 'stock', content: '[{"left":3}]' },
      ],
    });
    expect(read?.response).toEqual({ output, finish: 'COMPLETE', usage: USAGE });
    const lines = [
      { event_type: 'stream-start', generation_id: 'g1' },
      { event_type: 'text-generation', text: 'Let me ' },
      { event_type: 'text-generation', text: 'see.' },
      { event_type: 'stream-end', finish_reason: 'COMPLETE', response },
    ].map((line) => `${JSON.stringify(line)}\n`);
    const responseHeaders = { 'content-type': 'application/stream+json' };
    expect(readCall({ url: V1, body, response: lines.join(''), responseHeaders })?.response).toMatchObject({
      output,
      usage: USAGE,
      firstTokenAt: lines.slice(0, 2).join('').length - 2,
    });
  });

  it('says why a call failed', () => {
    expect(readCall({ url: V2, status: 401, response: { id: 'x', message: 'invalid api token' } })?.response).toEqual({
      output: { error: { message: 'invalid api token', status: 401 } },
      failure: { code: '401', reason: 'invalid api token' },
    });
  });

  it('reads embeddings', () => {
    const body = { model: 'embed-v4.0', texts: ['red', 'blue'], input_type: 'search_query' };
    const response = {
      embeddings: {
        float: [
          [1, 2],
          [3, 4],
        ],
      },
      meta: { billed_units: { input_tokens: 2 } },
    };
    expect(readCall({ url: 'https://api.cohere.com/v2/embed', body, response })).toMatchObject({
      dialect: 'cohere-embeddings',
      request: { input: { messages: [{ content: 'red' }, { content: 'blue' }] } },
      response: { output: { embeddings: 2, dimensions: 2 }, usage: { billed_units: { input_tokens: 2 } } },
    });
  });

  it('takes no other chat', () => {
    expect(readCall({ url: 'https://acme.example/v2/chat', body: {} })).toBeUndefined();
  });
});
