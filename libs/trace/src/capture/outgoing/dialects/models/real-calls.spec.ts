import OpenAI from 'openai';
import { FakeModelApi } from '../../../../../../../test/support/fakes/model-api.js';
import { readCall, type ReadCall, type WireCall } from '../../../../../../../test/support/fakes/model-call.js';

/** Sends by `fetch`, and copies what goes over the wire. */
function copying(calls: WireCall[]): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const sent = Buffer.from(await request.clone().arrayBuffer());
    const response = await fetch(request);
    const copy = response.clone();
    calls.push({
      url: request.url,
      method: request.method,
      headers: Object.fromEntries(request.headers),
      body: sent,
      response: Buffer.from(await copy.arrayBuffer().catch(() => new ArrayBuffer(0))),
      responseHeaders: Object.fromEntries(copy.headers),
      status: copy.status,
    });
    return response;
  };
}

let fake: FakeModelApi;
beforeAll(async () => {
  fake = await FakeModelApi.start();
});
afterAll(() => fake.close());

const TOOL = { id: 'call_7', name: 'quote', arguments: { tyres: 4, size: '17 "wide"' } };
const ANSWER = {
  text: 'Größe 17: one moment please.',
  tools: [TOOL],
  usage: { input: 812, output: 64, cached: 512 },
};
const OUTPUT = { text: ANSWER.text, tool_calls: [TOOL] };

/** What was read of the last call, and the bytes up to its first token. */
function last(calls: WireCall[]): ReadCall & { upToFirst: string } {
  const call = calls.at(-1)!;
  const read = readCall(call)!;
  const { firstTokenAt } = read.response;
  const bytes = call.response as Buffer;
  return { ...read, upToFirst: firstTokenAt === undefined ? '' : bytes.subarray(0, firstTokenAt + 1).toString() };
}

describe("calls of OpenAI's SDK", () => {
  const calls: WireCall[] = [];
  let client: OpenAI;
  beforeAll(() => {
    client = new OpenAI({ apiKey: 'sk-fake', baseURL: `${fake.url}/v1`, fetch: copying(calls), maxRetries: 1 });
  });
  const messages = [{ role: 'user' as const, content: 'A price?' }];
  const tools = [{ type: 'function' as const, function: { name: 'quote', parameters: {} } }];

  it('reads chat completions, plain and streamed', async () => {
    fake.answers(ANSWER, ANSWER);
    const plain = await client.chat.completions.create({ model: 'gpt-5-mini', messages, tools });
    expect(last(calls)).toMatchObject({
      dialect: 'openai-chat',
      request: { model: 'gpt-5-mini', input: { messages, tools: ['quote'] } },
      response: { output: { ...OUTPUT, finish_reason: 'tool_calls' }, usage: plain.usage },
    });
    const stream = await client.chat.completions.create({
      model: 'gpt-5-mini',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    expect(last(calls)).toMatchObject({
      request: { input: { parameters: { stream: true } } },
      response: { output: { ...OUTPUT, text, finish_reason: 'tool_calls' }, usage: plain.usage },
      upToFirst: expect.stringMatching(/"Größe "[^\n]*$/),
    });
  });

  it('reads responses, plain and streamed', async () => {
    fake.answers({ ...ANSWER, reasoning: 'Hm.' }, ANSWER);
    const plain = await client.responses.create({ model: 'gpt-5', instructions: 'Be short.', input: 'A price?' });
    expect(last(calls)).toMatchObject({
      dialect: 'openai-responses',
      request: {
        input: {
          messages: [
            { role: 'system', content: 'Be short.' },
            { role: 'user', content: 'A price?' },
          ],
        },
      },
      response: { output: { ...OUTPUT, reasoning: 'Hm.' }, usage: plain.usage },
    });
    const stream = await client.responses.create({ model: 'gpt-5', input: 'A price?', stream: true });
    for await (const event of stream)
      if (event.type === 'response.completed') expect(event.response.id).toBe('resp_fake');
    expect(last(calls)).toMatchObject({
      response: { output: { ...OUTPUT, finish_reason: 'completed' }, usage: { output_tokens: 64 } },
      upToFirst: expect.stringMatching(/"Größe "[^\n]*$/),
    });
  });

  it('reads embeddings', async () => {
    const { data } = await client.embeddings.create({ model: 'text-embedding-3-small', input: ['red', 'blue'] });
    expect(data[1]!.embedding).toEqual([0.25, 0.5, 1]);
    expect(last(calls)).toMatchObject({
      dialect: 'openai-embeddings',
      response: { output: { embeddings: 2, dimensions: 3 }, usage: { prompt_tokens: 12 } },
    });
  });

  it('reads a refusal and the retry that follows', async () => {
    calls.length = 0;
    fake.answers({
      error: { status: 429, code: 'rate_limit_exceeded', message: 'Slow down.' },
      headers: { 'retry-after-ms': '1' },
    });
    await client.chat.completions.create({ model: 'gpt-5', messages });
    expect(calls.map((call) => readCall(call)?.response.failure)).toEqual([
      { code: 'rate_limit_exceeded', reason: 'Slow down.' },
      undefined,
    ]);
  });
});

describe('calls by fetch', () => {
  const BEDROCK = `model/${encodeURIComponent('anthropic.claude-opus-4-5-v1:0')}`;

  it.each([
    ['openai-chat', 'v1/chat/completions', 'v1/chat/completions'],
    ['openai-responses', 'v1/responses', 'v1/responses'],
    ['anthropic', 'anthropic/v1/messages', 'anthropic/v1/messages'],
    ['gemini', 'v1beta/models/gemini-2.5-pro:generateContent', 'v1beta/models/gemini-2.5-pro:streamGenerateContent'],
    ['bedrock-converse', `${BEDROCK}/converse`, `${BEDROCK}/converse-stream`],
    ['bedrock-invoke', `${BEDROCK}/invoke`, `${BEDROCK}/invoke-with-response-stream`],
    ['ollama', 'ollama/api/chat', 'ollama/api/chat'],
    ['cohere', 'cohere/v2/chat', undefined],
  ])('reads %s, plain, streamed, and broken', async (dialect, plain, streamed) => {
    const calls: WireCall[] = [];
    const send = copying(calls);
    const ask = async (path: string, stream: boolean) => {
      const body = JSON.stringify({ model: 'm', input: 'Hi', messages: [{ role: 'user', content: 'Hi' }], stream });
      await send(`${fake.url}/${path}`, { method: 'POST', body });
      return last(calls);
    };
    fake.answers(
      ANSWER,
      ANSWER,
      { ...ANSWER, breakAfter: 4 },
      {
        ...ANSWER,
        error: { status: 200, code: 'overloadedException', message: 'Too busy.' },
      },
    );
    const tool = { ...TOOL, id: dialect === 'gemini' || dialect === 'ollama' ? undefined : TOOL.id };
    const output = { text: ANSWER.text, tool_calls: [JSON.parse(JSON.stringify(tool))] };
    const whole = await ask(plain, false);
    expect(whole).toMatchObject({ dialect, response: { output, usage: expect.any(Object) } });
    expect(whole.response.failure).toBeUndefined();
    if (streamed === undefined) return;
    const stream = await ask(streamed, true);
    expect(stream.response).toMatchObject({ output, finish: whole.response.finish ?? expect.any(String) });
    expect(dialect.startsWith('bedrock') || stream.upToFirst.includes('Größe ')).toBe(true);
    expect(stream.upToFirst).not.toContain('17: ');
    await ask(streamed, true).catch(() => undefined);
    const failed = await ask(streamed, true);
    expect(failed.response.failure?.reason).toBe('Too busy.');
    expect(failed.response.output).toMatchObject({ error: { message: 'Too busy.' } });
  });
});
