import { awsChunk, awsFrame } from '../../../../../../../test/support/fakes/aws-frame.js';
import { readCall, type WireCall } from '../../../../../../../test/support/fakes/model-call.js';

const HOST = 'https://bedrock-runtime.us-east-1.amazonaws.com';
const CLAUDE = 'us.anthropic.claude-opus-4-5-20251101-v1:0';
const FRAMES = { 'content-type': 'application/vnd.amazon.eventstream' };

const path = (model: string, operation: string) => `${HOST}/model/${encodeURIComponent(model)}/${operation}`;
const streamed = (url: string, frames: Buffer[], more: Partial<WireCall> = {}) =>
  readCall({ url, body: {}, response: Buffer.concat(frames), responseHeaders: FRAMES, ...more })?.response;

const USAGE = { inputTokens: 30, outputTokens: 12, totalTokens: 42, cacheReadInputTokens: 5, cacheWriteInputTokens: 0 };

const CONVERSE = [
  awsFrame('messageStart', { role: 'assistant', p: 'abc' }),
  awsFrame('contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { text: 'A price. "{' } } }),
  awsFrame('contentBlockStop', { contentBlockIndex: 0 }),
  awsFrame('contentBlockDelta', { contentBlockIndex: 1, delta: { text: 'Größe: ' } }),
  awsFrame('contentBlockDelta', { contentBlockIndex: 1, delta: { text: '17 "}' } }),
  awsFrame('contentBlockStart', { contentBlockIndex: 2, start: { toolUse: { toolUseId: 't1', name: 'quote' } } }),
  awsFrame('contentBlockDelta', { contentBlockIndex: 2, delta: { toolUse: { input: '{"tyres"' } } }),
  awsFrame('contentBlockDelta', { contentBlockIndex: 2, delta: { toolUse: { input: ':4}' } } }),
  awsFrame('messageStop', { stopReason: 'tool_use' }),
  awsFrame('metadata', { usage: USAGE, metrics: { latencyMs: 900 } }),
];

const OUTPUT = {
  text: 'Größe: 17 "}',
  reasoning: 'A price. "{',
  tool_calls: [{ id: 't1', name: 'quote', arguments: { tyres: 4 } }],
  finish_reason: 'tool_use',
};

describe("Bedrock's Converse", () => {
  it('reads blocks, media, tools and the answer', () => {
    const bytes = Buffer.alloc(48).toString('base64');
    const read = readCall({
      url: path(CLAUDE, 'converse'),
      body: {
        system: [{ text: 'You sell tyres.' }, { cachePoint: { type: 'default' } }],
        messages: [
          { role: 'user', content: [{ text: 'Look' }, { image: { format: 'png', source: { bytes } } }] },
          { role: 'assistant', content: [{ toolUse: { toolUseId: 't0', name: 'stock', input: { size: 17 } } }] },
          {
            role: 'user',
            content: [{ toolResult: { toolUseId: 't0', content: [{ json: { left: 3 } }], status: 'success' } }],
          },
          {
            role: 'user',
            content: [{ document: { format: 'pdf', name: 'order', source: { s3Location: { uri: 's3://b/o.pdf' } } } }],
          },
        ],
        inferenceConfig: { maxTokens: 300, temperature: 0.1 },
        toolConfig: { tools: [{ toolSpec: { name: 'quote', inputSchema: {} } }] },
      },
      response: {
        output: {
          message: {
            role: 'assistant',
            content: [
              { reasoningContent: { reasoningText: { text: 'A price. "{' } } },
              { text: 'Größe: 17 "}' },
              { toolUse: { toolUseId: 't1', name: 'quote', input: { tyres: 4 } } },
            ],
          },
        },
        stopReason: 'tool_use',
        usage: USAGE,
      },
    });
    expect(read).toEqual({
      dialect: 'bedrock-converse',
      provider: 'aws.bedrock',
      request: {
        model: CLAUDE,
        input: {
          model: CLAUDE,
          messages: [
            { role: 'system', content: 'You sell tyres.' },
            {
              role: 'user',
              content: [
                { type: 'text', text: 'Look' },
                { type: 'image', media_type: 'image/png', bytes: 48 },
              ],
            },
            { role: 'assistant', tool_calls: [{ id: 't0', name: 'stock', arguments: { size: 17 } }] },
            { role: 'tool', tool_call_id: 't0', content: '{"left":3}' },
            {
              role: 'user',
              content: [{ type: 'file', media_type: 'application/pdf', name: 'order', url: 's3://b/o.pdf' }],
            },
          ],
          tools: ['quote'],
          parameters: { maxTokens: 300, temperature: 0.1 },
        },
      },
      response: { output: OUTPUT, finish: 'tool_use', usage: USAGE },
    });
  });

  it('puts frames of a stream together, and finds the first token', () => {
    const first = CONVERSE[0]!.length + CONVERSE[1]!.length;
    const { firstTokenAt, ...rest } = streamed(path(CLAUDE, 'converse-stream'), CONVERSE)!;
    expect(rest).toEqual({ output: OUTPUT, finish: 'tool_use', usage: USAGE });
    expect(firstTokenAt).toBe(first - 1);
  });

  it('reads any cut of a stream, without a word that was not there', () => {
    const whole = Buffer.concat(CONVERSE);
    for (let length = 0; length <= whole.length; length += 7) {
      const output = streamed(path(CLAUDE, 'converse-stream'), [whole.subarray(0, length)], { ended: 'left' })
        ?.output as { text?: string } | undefined;
      expect(OUTPUT.text.startsWith(output?.text ?? '')).toBe(true);
    }
  });

  it('reads usage of a stream that was too long', () => {
    const words = Array.from({ length: 100 }, (_, i) =>
      awsFrame('contentBlockDelta', { contentBlockIndex: 1, delta: { text: `w${i} ` } }),
    );
    const read = streamed(path(CLAUDE, 'converse-stream'), [...words, ...CONVERSE.slice(-2)], { max: 4_000 });
    expect(read).toMatchObject({
      usage: USAGE,
      finish: 'tool_use',
      output: { text: expect.stringMatching(/^w0 w1 .*…$/) },
    });
  });

  it('says why a call failed, also in the middle of a stream', () => {
    expect(
      readCall({
        url: path(CLAUDE, 'converse'),
        status: 429,
        response: { message: 'Too many tokens.' },
        responseHeaders: { 'content-type': 'application/json', 'x-amzn-errortype': 'ThrottlingException:http://a/' },
      })?.response,
    ).toEqual({
      output: { error: { type: 'ThrottlingException', message: 'Too many tokens.', status: 429 } },
      failure: { code: 'ThrottlingException', reason: 'Too many tokens.' },
    });
    const exception = awsFrame('throttlingException', { message: 'Slow down.' }, 'exception');
    expect(streamed(path(CLAUDE, 'converse-stream'), [...CONVERSE.slice(0, 4), exception])).toMatchObject({
      output: { text: 'Größe: ', error: { type: 'throttlingException', message: 'Slow down.' } },
      failure: { code: 'throttlingException', reason: 'Slow down.' },
    });
  });
});

describe("Bedrock's InvokeModel", () => {
  const counted = {
    'content-type': 'application/json',
    'x-amzn-bedrock-input-token-count': '30',
    'x-amzn-bedrock-output-token-count': '12',
  };
  const usage = { inputTokens: 30, outputTokens: 12 };

  it.each([
    [
      CLAUDE,
      { anthropic_version: 'bedrock-2023-05-31', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] },
      {
        id: 'm',
        type: 'message',
        role: 'assistant',
        content: [{ type: 'text', text: 'Hello' }],
        stop_reason: 'end_turn',
        usage: { input_tokens: 3 },
      },
      { id: 'm', text: 'Hello', finish_reason: 'end_turn' },
      { input_tokens: 3 },
    ],
    [
      'amazon.titan-text-express-v1',
      { inputText: 'Hi', textGenerationConfig: { maxTokenCount: 9 } },
      { inputTextTokenCount: 3, results: [{ tokenCount: 2, outputText: 'Hello', completionReason: 'FINISH' }] },
      { text: 'Hello', finish_reason: 'FINISH' },
      usage,
    ],
    [
      'meta.llama3-1-8b-instruct-v1:0',
      { prompt: 'Hi', max_gen_len: 9 },
      { generation: 'Hello', prompt_token_count: 3, generation_token_count: 2, stop_reason: 'stop' },
      { text: 'Hello', finish_reason: 'stop' },
      usage,
    ],
    [
      'mistral.mistral-large-2407-v1:0',
      { prompt: 'Hi' },
      { outputs: [{ text: 'Hello', stop_reason: 'stop' }] },
      { text: 'Hello', finish_reason: 'stop' },
      usage,
    ],
    [
      'amazon.nova-lite-v1:0',
      { schemaVersion: 'messages-v1', messages: [{ role: 'user', content: [{ text: 'Hi' }] }], inferenceConfig: {} },
      {
        output: { message: { role: 'assistant', content: [{ text: 'Hello' }] } },
        stopReason: 'end_turn',
        usage: USAGE,
      },
      { text: 'Hello', finish_reason: 'end_turn' },
      USAGE,
    ],
    [
      'cohere.command-r-v1:0',
      { message: 'Hi' },
      { generation_id: 'g', text: 'Hello', finish_reason: 'COMPLETE' },
      { id: 'g', text: 'Hello', finish_reason: 'COMPLETE' },
      usage,
    ],
    [
      'amazon.titan-embed-text-v2:0',
      { inputText: 'Hi' },
      { embedding: [1, 2, 3], inputTextTokenCount: 3 },
      { embeddings: 1, dimensions: 3 },
      usage,
    ],
  ])('reads %s', (model, body, response, output, counts) => {
    const read = readCall({ url: path(model, 'invoke'), body, response, responseHeaders: counted });
    expect(read).toMatchObject({
      dialect: 'bedrock-invoke',
      provider: 'aws.bedrock',
      request: { model, input: { messages: [{ role: 'user', content: 'Hi' }] } },
      response: { usage: counts },
    });
    expect(read?.response.output).toEqual(output);
  });

  it('takes counts beside the text where the headers have none', () => {
    const response = { generation: 'Hello', prompt_token_count: 3, generation_token_count: 2 };
    expect(readCall({ url: path('meta.llama3-8b', 'invoke'), body: {}, response })?.response.usage).toEqual({
      inputTokens: 3,
      outputTokens: 2,
    });
  });

  const metrics = {
    'amazon-bedrock-invocationMetrics': { inputTokenCount: 30, outputTokenCount: 12, firstByteLatency: 5 },
  };

  it.each([
    [
      CLAUDE,
      [
        { type: 'message_start', message: { id: 'm', model: 'claude-opus-4-5', usage: { input_tokens: 3 } } },
        { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
        { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hel' } },
        { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'lo' } },
        { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } },
        { type: 'message_stop', ...metrics },
      ],
      { id: 'm', text: 'Hello', finish_reason: 'end_turn' },
      { input_tokens: 3, output_tokens: 2 },
    ],
    [
      'amazon.titan-text-express-v1',
      [
        { outputText: 'Hel', index: 0, completionReason: null },
        { outputText: 'lo', index: 0, completionReason: 'FINISH', ...metrics },
      ],
      { text: 'Hello', finish_reason: 'FINISH' },
      usage,
    ],
    [
      'meta.llama3-1-8b-instruct-v1:0',
      [
        { generation: 'Hel', prompt_token_count: 3 },
        { generation: 'lo', stop_reason: 'stop', ...metrics },
      ],
      { text: 'Hello', finish_reason: 'stop' },
      usage,
    ],
    [
      'mistral.mistral-7b-instruct-v0:2',
      [
        { outputs: [{ text: 'Hel', stop_reason: null }] },
        { outputs: [{ text: 'lo', stop_reason: 'stop' }], ...metrics },
      ],
      { text: 'Hello', finish_reason: 'stop' },
      usage,
    ],
    [
      'amazon.nova-lite-v1:0',
      [
        { messageStart: { role: 'assistant' } },
        { contentBlockDelta: { delta: { text: 'Hel' }, contentBlockIndex: 0 } },
        { contentBlockDelta: { delta: { text: 'lo' }, contentBlockIndex: 0 } },
        { messageStop: { stopReason: 'end_turn' } },
        { metadata: { usage: USAGE }, ...metrics },
      ],
      { text: 'Hello', finish_reason: 'end_turn' },
      USAGE,
    ],
  ])('puts a stream of %s together', (model, events, output, counts) => {
    const read = streamed(path(model, 'invoke-with-response-stream'), events.map(awsChunk));
    expect(read).toMatchObject({ output, usage: counts, firstTokenAt: expect.any(Number) });
  });

  it.each([
    [`http://127.0.0.1:9000/model/${encodeURIComponent(CLAUDE)}/invoke`, CLAUDE],
    [
      path('arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-3', 'converse'),
      'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-3',
    ],
  ])('reads the model of %s', (url, model) => {
    expect(readCall({ url, body: {}, response: {} })).toMatchObject({ provider: 'aws.bedrock', request: { model } });
  });

  it('takes no other model', () => {
    expect(readCall({ url: 'https://acme.example/model/churn/invoke', body: {} })).toBeUndefined();
  });
});
