import { readCall, sse } from '../../../../../../../test/support/fakes/model-call.js';

const BASE = 'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash';
const URL_OF = `${BASE}:generateContent`;
const STREAM = `${BASE}:streamGenerateContent?alt=sse`;

const chunk = (parts: object[], more: object = {}) => ({
  candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }],
  modelVersion: 'gemini-2.5-flash-001',
  responseId: 'r1',
});

const USAGE = {
  promptTokenCount: 120,
  cachedContentTokenCount: 100,
  candidatesTokenCount: 20,
  thoughtsTokenCount: 15,
  totalTokenCount: 155,
};

const CHUNKS = [
  chunk([{ text: 'A price, ', thought: true }]),
  chunk([{ text: 'then.', thought: true }]),
  chunk([{ text: 'Let me ' }]),
  chunk([{ text: 'see.' }]),
  chunk([{ functionCall: { name: 'quote', args: { tyres: 4 } }, thoughtSignature: 'EqQB' }], { finishReason: 'STOP' }),
];

const OUTPUT = {
  id: 'r1',
  text: 'Let me see.',
  reasoning: 'A price, then.',
  tool_calls: [{ name: 'quote', arguments: { tyres: 4 } }],
  finish_reason: 'STOP',
};

describe('Gemini', () => {
  it('reads contents, media, tools and the answer', () => {
    const data = Buffer.alloc(64).toString('base64');
    const read = readCall({
      url: URL_OF,
      body: {
        systemInstruction: { parts: [{ text: 'You sell tyres.' }] },
        contents: [
          { role: 'user', parts: [{ text: 'Look' }, { inlineData: { mimeType: 'image/png', data } }] },
          { role: 'user', parts: [{ fileData: { mimeType: 'video/mp4', fileUri: 'https://files.example/f1' } }] },
          { role: 'model', parts: [{ functionCall: { id: 'f1', name: 'stock', args: {} } }] },
          { role: 'user', parts: [{ functionResponse: { id: 'f1', name: 'stock', response: { left: 3 } } }] },
        ],
        tools: [{ functionDeclarations: [{ name: 'quote' }, { name: 'stock' }] }, { googleSearch: {} }],
        toolConfig: { functionCallingConfig: { mode: 'ANY' } },
        generationConfig: {
          temperature: 0.2,
          maxOutputTokens: 300,
          responseMimeType: 'application/json',
          thinkingConfig: { thinkingBudget: 512 },
        },
      },
      response: {
        ...chunk(
          [
            { text: 'A price, then.', thought: true },
            { text: 'Let me see.' },
            { functionCall: { name: 'quote', args: { tyres: 4 } } },
          ],
          { finishReason: 'STOP' },
        ),
        usageMetadata: USAGE,
      },
    });
    expect(read).toEqual({
      dialect: 'gemini',
      provider: 'gcp.gemini',
      request: {
        model: 'gemini-2.5-flash',
        input: {
          model: 'gemini-2.5-flash',
          messages: [
            { role: 'system', content: 'You sell tyres.' },
            {
              role: 'user',
              content: [
                { type: 'text', text: 'Look' },
                { type: 'image', media_type: 'image/png', bytes: 64 },
              ],
            },
            { role: 'user', content: [{ type: 'video', media_type: 'video/mp4', url: 'https://files.example/f1' }] },
            { role: 'assistant', tool_calls: [{ id: 'f1', name: 'stock', arguments: {} }] },
            { role: 'tool', name: 'stock', tool_call_id: 'f1', content: '{"left":3}' },
          ],
          tools: ['quote', 'stock', 'googleSearch'],
          parameters: {
            temperature: 0.2,
            maxOutputTokens: 300,
            responseMimeType: 'application/json',
            thinkingBudget: 512,
            tool_choice: 'ANY',
          },
        },
      },
      response: { model: 'gemini-2.5-flash-001', output: OUTPUT, finish: 'STOP', usage: USAGE },
    });
  });

  const last = (at: number) => CHUNKS.map((one, i) => (i === at ? { ...one, usageMetadata: USAGE } : one));

  it('puts a stream together, as events and as one array', () => {
    const events = last(4);
    const response = sse(...events);
    const first = JSON.stringify(events[0]).length;
    expect(readCall({ url: STREAM, response })?.response).toEqual({
      model: 'gemini-2.5-flash-001',
      output: OUTPUT,
      finish: 'STOP',
      usage: USAGE,
      firstTokenAt: 'data: '.length + first - 1,
    });
    const array = JSON.stringify(events, undefined, 2);
    const read = readCall({ url: `${BASE}:streamGenerateContent`, response: array })?.response;
    expect(read).toMatchObject({ output: OUTPUT, usage: USAGE, firstTokenAt: array.indexOf('\n  },') + 3 });
    const half = array.slice(0, array.indexOf('see.'));
    expect(readCall({ url: BASE + ':streamGenerateContent', response: half })?.response.output).toEqual({
      id: 'r1',
      text: 'Let me ',
      reasoning: 'A price, then.',
    });
  });

  it('says why nothing was answered, and why a call failed', () => {
    const blocked = { promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 3 } };
    expect(readCall({ url: URL_OF, response: blocked })?.response).toMatchObject({ finish: 'SAFETY' });
    expect(readCall({ url: STREAM, response: sse(blocked) })?.response).toMatchObject({ finish: 'SAFETY' });
    const error = { code: 429, message: 'Quota exceeded.', status: 'RESOURCE_EXHAUSTED' };
    for (const response of [{ error }, [{ error }], sse({ error })])
      expect(readCall({ url: STREAM, status: 429, response })?.response).toMatchObject({
        failure: { code: 'RESOURCE_EXHAUSTED', reason: 'Quota exceeded.' },
        output: { error: { code: 'RESOURCE_EXHAUSTED', message: 'Quota exceeded.', status: 429 } },
      });
  });

  it('reads usage of a body that was too long', () => {
    const long = { ...chunk([{ text: 'x'.repeat(9_000) }], { finishReason: 'MAX_TOKENS' }), usageMetadata: USAGE };
    expect(readCall({ url: URL_OF, response: long, max: 2_000 })?.response).toMatchObject({
      usage: USAGE,
      finish: 'MAX_TOKENS',
    });
    const stream = sse(...Array.from({ length: 60 }, () => CHUNKS[2]), last(4)[4]);
    expect(readCall({ url: STREAM, response: stream, max: 2_000 })?.response).toMatchObject({
      usage: USAGE,
      finish: 'STOP',
    });
  });

  it('reads embeddings', () => {
    const body = { content: { parts: [{ text: 'red' }] }, outputDimensionality: 3 };
    expect(
      readCall({ url: `${BASE}:embedContent`, body, response: { embedding: { values: [1, 2, 3] } } }),
    ).toMatchObject({
      dialect: 'gemini-embeddings',
      request: { input: { messages: [{ role: 'user', content: 'red' }], parameters: { outputDimensionality: 3 } } },
      response: { output: { embeddings: 1, dimensions: 3 } },
    });
    const batch = { requests: [{ content: { parts: [{ text: 'red' }] } }, { content: { parts: [{ text: 'blue' }] } }] };
    const response = { embeddings: [{ values: [1, 2] }, { values: [3, 4] }] };
    expect(readCall({ url: `${BASE}:batchEmbedContents`, body: batch, response })).toMatchObject({
      request: { input: { messages: [{ content: 'red' }, { content: 'blue' }] } },
      response: { output: { embeddings: 2, dimensions: 2 } },
    });
  });

  it.each([
    [
      'https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1/publishers/google/models/gemini-2.5-pro:generateContent',
      'gcp.vertex_ai',
      'gemini-2.5-pro',
    ],
    [
      'https://aiplatform.googleapis.com/v1/projects/p/locations/global/publishers/google/models/gemini-2.5-pro:streamGenerateContent',
      'gcp.vertex_ai',
      'gemini-2.5-pro',
    ],
    ['http://127.0.0.1:8080/v1beta/models/gemini-2.5-flash:generateContent', 'gcp.gemini', 'gemini-2.5-flash'],
    ['https://gateway.example/v1beta/models/gemini-2.5-flash%3AgenerateContent', 'gateway.example', 'gemini-2.5-flash'],
  ])('%s is %s', (url, provider, model) => {
    expect(readCall({ url, body: {}, response: {} })).toMatchObject({
      dialect: 'gemini',
      provider,
      request: { model },
    });
  });
});
