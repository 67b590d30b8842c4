import { readCall, sse } from '../../../../../../../test/support/fakes/model-call.js';

const URL_OF = 'https://api.openai.com/v1/chat/completions';

/** The function that a provider asks for, in OpenAI's form. */
const call = (id: string, name: string, args: string) => ({
  id,
  type: 'function',
  function: { name, arguments: args },
});

const delta = (fields: object, more: object = {}) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  model: 'gpt-5-mini-2025-08-07',
  choices: [{ index: 0, delta: fields, finish_reason: null, ...more }],
});

describe('chat completions', () => {
  it('reads a question with a tool, and the call that the model asks for', () => {
    expect(
      readCall({
        url: URL_OF,
        body: {
          model: 'gpt-5-mini',
          messages: [
            { role: 'developer', content: 'You sell tyres.' },
            { role: 'user', name: 'ana', content: 'What do four tyres cost?' },
          ],
          tools: [{ type: 'function', function: { name: 'quote', parameters: { type: 'object' } } }],
          tool_choice: 'auto',
          max_completion_tokens: 400,
          reasoning_effort: 'low',
          response_format: { type: 'json_schema', json_schema: { name: 'offer', schema: {} } },
          metadata: { tenant: 'x' },
        },
        response: {
          id: 'chatcmpl-1',
          model: 'gpt-5-mini-2025-08-07',
          choices: [
            {
              index: 0,
              message: { role: 'assistant', content: null, tool_calls: [call('call_1', 'quote', '{"tyres":4}')] },
              finish_reason: 'tool_calls',
            },
          ],
          usage: {
            prompt_tokens: 812,
            completion_tokens: 64,
            prompt_tokens_details: { cached_tokens: 512 },
            completion_tokens_details: { reasoning_tokens: 40 },
          },
        },
      }),
    ).toEqual({
      dialect: 'openai-chat',
      provider: 'openai',
      request: {
        model: 'gpt-5-mini',
        input: {
          model: 'gpt-5-mini',
          messages: [
            { role: 'developer', content: 'You sell tyres.' },
            { role: 'user', name: 'ana', content: 'What do four tyres cost?' },
          ],
          tools: ['quote'],
          parameters: {
            max_completion_tokens: 400,
            reasoning_effort: 'low',
            response_format: 'offer',
            tool_choice: 'auto',
          },
        },
      },
      response: {
        model: 'gpt-5-mini-2025-08-07',
        output: {
          id: 'chatcmpl-1',
          tool_calls: [{ id: 'call_1', name: 'quote', arguments: { tyres: 4 } }],
          finish_reason: 'tool_calls',
        },
        finish: 'tool_calls',
        usage: {
          prompt_tokens: 812,
          completion_tokens: 64,
          prompt_tokens_details: { cached_tokens: 512 },
          completion_tokens_details: { reasoning_tokens: 40 },
        },
      },
    });
  });

  it('reads answers of tools, and names images, audio and files without keeping them', () => {
    const png = Buffer.alloc(300).toString('base64');
    const read = readCall({
      url: URL_OF,
      body: {
        model: 'gpt-5',
        messages: [
          {
            role: 'assistant',
            content: null,
            tool_calls: [call('call_1', 'stock', '{}'), call('call_2', 'say', 'hm')],
          },
          { role: 'tool', tool_call_id: 'call_1', content: '{"left":3}' },
          {
            role: 'user',
            content: [
              { type: 'text', text: 'And this one?' },
              { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } },
              { type: 'image_url', image_url: { url: 'https://cdn.example/tyre.jpg', detail: 'low' } },
              { type: 'input_audio', input_audio: { data: png, format: 'wav' } },
              { type: 'file', file: { filename: 'order.pdf', file_data: `data:application/pdf;base64,${png}` } },
            ],
          },
        ],
      },
      response: {},
    });
    expect(read?.request?.input).toEqual({
      model: 'gpt-5',
      messages: [
        {
          role: 'assistant',
          tool_calls: [
            { id: 'call_1', name: 'stock', arguments: {} },
            { id: 'call_2', name: 'say', arguments: 'hm' },
          ],
        },
        { role: 'tool', tool_call_id: 'call_1', content: '{"left":3}' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'And this one?' },
            { type: 'image', media_type: 'image/png', bytes: 300 },
            { type: 'image', url: 'https://cdn.example/tyre.jpg' },
            { type: 'audio', media_type: 'audio/wav', bytes: 300 },
            { type: 'file', media_type: 'application/pdf', bytes: 300, name: 'order.pdf' },
          ],
        },
      ],
    });
    expect(JSON.stringify(read)).not.toContain(png.slice(0, 40));
  });

  const TOOL_STREAM = [
    delta({ role: 'assistant', content: '' }),
    delta({ content: 'Let me ' }),
    delta({ content: 'look. ' }),
    delta({ tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'quote', arguments: '' } }] }),
    delta({ tool_calls: [{ index: 0, function: { arguments: '{"ty' } }] }),
    delta({ tool_calls: [{ index: 1, id: 'call_2', function: { name: 'stock', arguments: '{}' } }] }),
    delta({ tool_calls: [{ index: 0, function: { arguments: 'res":4}' } }] }),
    delta({}, { finish_reason: 'tool_calls' }),
    { id: 'chatcmpl-1', choices: [], usage: { prompt_tokens: 10, completion_tokens: 5 } },
    '[DONE]',
  ];

  it('puts a stream together: texts, arguments by index, usage of the last event', () => {
    const stream = sse(...TOOL_STREAM);
    expect(readCall({ url: URL_OF, response: stream })?.response).toEqual({
      model: 'gpt-5-mini-2025-08-07',
      output: {
        id: 'chatcmpl-1',
        text: 'Let me look. ',
        tool_calls: [
          { id: 'call_1', name: 'quote', arguments: { tyres: 4 } },
          { id: 'call_2', name: 'stock', arguments: {} },
        ],
        finish_reason: 'tool_calls',
      },
      finish: 'tool_calls',
      usage: { prompt_tokens: 10, completion_tokens: 5 },
      firstTokenAt:
        stream.indexOf('"Let me ') + JSON.stringify(delta({ content: 'Let me ' })).split('"Let me ')[1]!.length + 7,
    });
  });

  it('counts bytes to the first token, not characters', () => {
    const first = delta({ role: 'assistant', content: '' });
    const stream = sse({ ...first, note: 'größe €' }, delta({ content: 'né' }), delta({ content: '!' }));
    const upTo = stream.slice(
      0,
      stream.indexOf('né') + JSON.stringify(delta({ content: 'né' })).split('né')[1]!.length + 2,
    );
    expect(readCall({ url: URL_OF, response: stream })?.response.firstTokenAt).toBe(Buffer.byteLength(upTo) - 1);
  });

  it.each([
    ['CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
    ['a bare CR', (text: string) => text.replaceAll('\n', '\r')],
    [
      'comments and unknown fields',
      (text: string) => `: ping\n\nretry: 5\n${text.replaceAll('data: ', ': keep\nid: 7\ndata: ')}`,
    ],
    ['no space', (text: string) => text.replaceAll('data: ', 'data:')],
    ['data of several lines', (text: string) => text.replaceAll(',"choices"', ',\ndata: "choices"')],
    ['garbage between events', (text: string) => text.replaceAll('\n\n', '\n\ndata: {"choices":[{\n\n')],
    ['no empty line at the end', (text: string) => text.replace(/\n\ndata: \[DONE\]\n\n$/, '')],
  ])('reads the same stream with %s', (_, change) => {
    const plain = readCall({ url: URL_OF, response: sse(...TOOL_STREAM) })?.response;
    const response = change(sse(...TOOL_STREAM));
    const responseHeaders = { 'content-type': 'text/event-stream; charset=utf-8' };
    expect(readCall({ url: URL_OF, response, responseHeaders })?.response).toEqual({
      ...plain,
      firstTokenAt: expect.any(Number),
    });
  });

  it('gives what had arrived of a stream that was left early', () => {
    const stream = sse(...TOOL_STREAM);
    const response = stream.slice(0, stream.indexOf('res\\":4') - 40);
    expect(readCall({ url: URL_OF, response, ended: 'left' })?.response.output).toEqual({
      id: 'chatcmpl-1',
      text: 'Let me look. ',
      tool_calls: [
        { id: 'call_1', name: 'quote', arguments: '{"ty' },
        { id: 'call_2', name: 'stock', arguments: {} },
      ],
    });
  });

  it('keeps several choices apart', () => {
    const choice = (index: number, content: string) => ({ index, message: { content }, finish_reason: 'stop' });
    const several = {
      text: 'one',
      finish_reason: 'stop',
      alternatives: [{ text: 'two', finish_reason: 'stop' }],
    };
    expect(
      readCall({ url: URL_OF, response: { choices: [choice(0, 'one'), choice(1, 'two')] } })?.response.output,
    ).toEqual(several);
    const stream = [
      { choices: [{ index: 1, delta: { content: 'tw' } }] },
      { choices: [{ index: 0, delta: { content: 'one' } }] },
      { choices: [{ index: 1, delta: { content: 'o' }, finish_reason: 'stop' }] },
      { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
    ];
    expect(readCall({ url: URL_OF, response: sse(...stream) })?.response.output).toEqual(several);
  });

  it.each([
    ['refusal', { refusal: 'I cannot help with that.' }, { refusal: 'I cannot help with that.' }],
    ['reasoning of DeepSeek', { reasoning_content: 'Hm.', content: 'Yes' }, { reasoning: 'Hm.', text: 'Yes' }],
    ['reasoning of OpenRouter', { reasoning: 'Hm.', content: 'Yes' }, { reasoning: 'Hm.', text: 'Yes' }],
    [
      'reasoning of Mistral',
      {
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] },
          { type: 'text', text: 'Yes' },
        ],
      },
      { reasoning: 'Hm.', text: 'Yes' },
    ],
    [
      'a function call of old',
      { function_call: { name: 'quote', arguments: '{"a":1}' } },
      { tool_calls: [{ name: 'quote', arguments: { a: 1 } }] },
    ],
    ['speech', { audio: { id: 'a', transcript: 'Hello', data: 'UklG' } }, { text: 'Hello' }],
  ])('reads %s, plain and streamed', (_, message, output) => {
    const plain = { choices: [{ index: 0, message, finish_reason: 'stop' }] };
    expect(readCall({ url: URL_OF, response: plain })?.response.output).toEqual({ ...output, finish_reason: 'stop' });
    const stream = sse(delta(message), delta({}, { finish_reason: 'stop' }), '[DONE]');
    expect(readCall({ url: URL_OF, response: stream })?.response).toMatchObject({
      output: { ...output, finish_reason: 'stop' },
      firstTokenAt: JSON.stringify(delta(message)).length + 5,
    });
  });

  it('reads usage where Groq and OpenRouter have it', () => {
    const groq = sse(delta({ content: 'Hi' }), {
      ...delta({}),
      x_groq: { id: 'r', usage: { prompt_tokens: 3, completion_tokens: 1 } },
    });
    expect(readCall({ url: 'https://api.groq.com/openai/v1/chat/completions', response: groq })).toMatchObject({
      provider: 'groq',
      response: { usage: { prompt_tokens: 3, completion_tokens: 1 } },
    });
    const router = { choices: [], usage: { prompt_tokens: 3, completion_tokens: 1, cost: 0.00042 } };
    expect(readCall({ url: 'https://openrouter.ai/api/v1/chat/completions', response: router })).toMatchObject({
      provider: 'openrouter.ai',
      response: { usage: { cost: 0.00042 } },
    });
  });

  it.each([
    [
      429,
      { error: { message: 'Rate limit reached.', type: 'requests', param: null, code: 'rate_limit_exceeded' } },
      { code: 'rate_limit_exceeded', reason: 'Rate limit reached.' },
      { code: 'rate_limit_exceeded', type: 'requests', message: 'Rate limit reached.', status: 429 },
    ],
    [
      400,
      { error: { message: 'Too long.', type: 'invalid_request_error', code: 'context_length_exceeded' } },
      { code: 'context_length_exceeded', reason: 'Too long.' },
      { code: 'context_length_exceeded', type: 'invalid_request_error', message: 'Too long.', status: 400 },
    ],
    [
      200,
      { error: { message: 'Provider returned error', code: 502 } },
      { code: '502', reason: 'Provider returned error' },
      { code: '502', message: 'Provider returned error' },
    ],
    [
      422,
      { object: 'error', message: { detail: 'bad role' } },
      { code: '422', reason: 'bad role' },
      { message: 'bad role', status: 422 },
    ],
    [
      422,
      { detail: [{ loc: ['body'], msg: 'field required' }] },
      { code: '422', reason: 'field required' },
      { message: 'field required', status: 422 },
    ],
    [502, '<html>Bad Gateway</html>', { code: '502' }, { status: 502 }],
    [500, '', { code: '500' }, { status: 500 }],
  ])('says why a call failed with %s', (status, response, failure, error) => {
    expect(readCall({ url: URL_OF, response, status })?.response).toEqual({
      output: { error },
      finish: undefined,
      failure,
    });
  });

  it('says why a stream failed', () => {
    const stream = sse(delta({ content: 'Hal' }), {
      error: { message: 'The server had an error.', type: 'server_error' },
    });
    expect(readCall({ url: URL_OF, response: stream })?.response).toMatchObject({
      output: { text: 'Hal', error: { type: 'server_error', message: 'The server had an error.' } },
      failure: { code: 'server_error', reason: 'The server had an error.' },
    });
  });

  it('reads usage and finish of a body that was too long from its tail', () => {
    const content = 'tyre "\\" ü '.repeat(2_000);
    const usage = { prompt_tokens: 9, completion_tokens: 8_000, completion_tokens_details: { reasoning_tokens: 2 } };
    const plain = {
      id: 'c',
      model: 'gpt-5',
      choices: [{ message: { role: 'assistant', content }, finish_reason: 'length' }],
      usage,
    };
    const read = readCall({ url: URL_OF, response: plain, max: 2_000 })?.response;
    expect(read).toMatchObject({ usage, finish: 'length', model: 'gpt-5' });
    expect(read?.output).toEqual({
      id: 'c',
      text: expect.stringMatching(/^tyre "\\" ü .{1300,1900}…$/),
      finish_reason: 'length',
    });

    const stream = sse(
      ...Array.from({ length: 400 }, (_, i) => delta({ content: `word ${i} ` })),
      delta({}, { finish_reason: 'length' }),
      { choices: [], usage },
      '[DONE]',
    );
    const streamed = readCall({ url: URL_OF, response: stream, max: 4_000 })?.response;
    expect(streamed).toMatchObject({ usage, finish: 'length' });
    expect((streamed!.output as { text: string }).text).toMatch(/^word 0 word 1 .*word 2\d …$/);
  });

  it('reads what is there of a request that was too long', () => {
    const image = Buffer.alloc(50_000).toString('base64');
    const body = {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${image}` } },
          ],
        },
      ],
      model: 'gpt-5',
    };
    expect(readCall({ url: URL_OF, body, response: {}, max: 2_000 })?.request).toEqual({
      model: 'gpt-5',
      input: {
        model: 'gpt-5',
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'Look' },
              { type: 'image', media_type: 'image/png' },
            ],
          },
        ],
      },
    });
  });
});

describe('where OpenAI is', () => {
  it.each([
    ['https://api.openai.com/v1/chat/completions', 'openai'],
    ['https://eu.api.openai.com/v1/chat/completions', 'openai'],
    [
      'https://acme.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21',
      'azure.ai.openai',
    ],
    ['https://acme.openai.azure.com/openai/v1/chat/completions', 'azure.ai.openai'],
    ['https://api.groq.com/openai/v1/chat/completions', 'groq'],
    ['https://api.mistral.ai/v1/chat/completions', 'mistral_ai'],
    ['https://api.deepseek.com/chat/completions', 'deepseek'],
    ['https://api.x.ai/v1/chat/completions', 'x_ai'],
    ['https://api.perplexity.ai/chat/completions', 'perplexity'],
    ['https://api.together.xyz/v1/chat/completions', 'api.together.xyz'],
    ['https://api.fireworks.ai/inference/v1/chat/completions', 'api.fireworks.ai'],
    ['https://openrouter.ai/api/v1/chat/completions', 'openrouter.ai'],
    ['https://generativelanguage.googleapis.com/v1beta/openai/chat/completions', 'gcp.gemini'],
    ['http://localhost:11434/v1/chat/completions', 'localhost:11434'],
    ['http://127.0.0.1:1234/v1/chat/completions', '127.0.0.1:1234'],
  ])('%s is %s', (url, provider) => {
    expect(readCall({ url, body: { model: 'm', messages: [] }, response: {} })).toMatchObject({
      dialect: 'openai-chat',
      provider,
    });
  });

  it('takes the model of a deployment from the path', () => {
    const url = 'https://a.openai.azure.com/openai/deployments/gpt%2D4o/chat/completions?api-version=1';
    expect(readCall({ url, body: { messages: [] }, response: {} })?.request?.model).toBe('gpt-4o');
  });

  it.each([
    ['GET', 'https://api.openai.com/v1/chat/completions'],
    ['POST', 'https://api.openai.com/v1/files'],
    ['POST', 'https://acme.example/chat'],
    ['POST', 'https://acme.example/v1/chat/completions/feedback'],
    ['POST', 'https://acme.example/embeddings'],
    ['POST', 'https://acme.example/responses'],
    ['POST', 'https://acme.example/completions'],
  ])('does not take %s %s', (method, url) => {
    expect(readCall({ url, method, body: { model: 'm' } })).toBeUndefined();
  });

  it('reads completions', () => {
    const url = 'http://127.0.0.1:8000/v1/completions';
    const response = {
      id: 'c',
      model: 'llama',
      choices: [{ index: 0, text: ' world', finish_reason: 'stop' }],
      usage: { prompt_tokens: 1 },
    };
    expect(readCall({ url, body: { model: 'llama', prompt: 'Hello' }, response })).toMatchObject({
      dialect: 'openai-completions',
      request: { input: { messages: [{ role: 'user', content: 'Hello' }] } },
      response: { output: { id: 'c', text: ' world', finish_reason: 'stop' }, usage: { prompt_tokens: 1 } },
    });
    const stream = sse(
      { choices: [{ index: 0, text: ' wor' }] },
      { choices: [{ index: 0, text: 'ld', finish_reason: 'stop' }] },
    );
    expect(readCall({ url, body: { prompt: 'Hello' }, response: stream })?.response.output).toEqual({
      text: ' world',
      finish_reason: 'stop',
    });
    expect(readCall({ url, body: { task: 7 }, response })?.request).toBeUndefined();
  });

  it('reads embeddings, and keeps no numbers', () => {
    const url = 'https://api.openai.com/v1/embeddings';
    const body = { model: 'text-embedding-3-small', input: ['red', 'blue'], dimensions: 4, encoding_format: 'base64' };
    const base64 = Buffer.from(new Float32Array([1, 2, 3, 4]).buffer).toString('base64');
    const usage = { prompt_tokens: 2, total_tokens: 2 };
    for (const embedding of [base64, [1, 2, 3, 4]]) {
      const response = { object: 'list', data: [{ embedding }, { embedding }], model: 'text-embedding-3-small', usage };
      expect(readCall({ url, body, response })).toMatchObject({
        dialect: 'openai-embeddings',
        request: {
          model: 'text-embedding-3-small',
          input: {
            messages: [
              { role: 'user', content: 'red' },
              { role: 'user', content: 'blue' },
            ],
            parameters: { dimensions: 4, encoding_format: 'base64' },
          },
        },
        response: { output: { embeddings: 2, dimensions: 4 }, usage },
      });
      // Of a body that was too long, vectors are missing: their number is not known.
      const long = { ...response, data: Array.from({ length: 200 }, () => ({ embedding })) };
      expect(readCall({ url, body, response: long, max: 600 })?.response).toEqual({
        output: { dimensions: 4 },
        model: 'text-embedding-3-small',
        usage,
      });
    }
  });
});
