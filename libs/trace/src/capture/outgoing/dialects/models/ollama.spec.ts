import { readCall } from '../../../../../../../test/support/fakes/model-call.js';

const HOST = 'http://localhost:11434';
const NDJSON = { 'content-type': 'application/x-ndjson' };

const lines = (...values: object[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
const END = { done: true, done_reason: 'stop', total_duration: 9, prompt_eval_count: 26, eval_count: 8 };
const USAGE = { prompt_eval_count: 26, eval_count: 8 };

describe('Ollama', () => {
  it('reads a chat, streamed and plain', () => {
    const image = Buffer.alloc(30).toString('base64');
    const part = (message: object) => ({
      model: 'qwen3',
      created_at: 't',
      message: { role: 'assistant', ...message },
      done: false,
    });
    const first = lines(part({ content: '', thinking: 'Hm' }));
    const response =
      first +
      lines(
        part({ content: '', thinking: '.' }),
        part({ content: 'Let ' }),
        part({ content: 'me see.' }),
        part({ content: '', tool_calls: [{ function: { name: 'quote', arguments: { tyres: 4 } } }] }),
        { ...part({ content: '' }), ...END },
      );
    const body = {
      model: 'qwen3',
      messages: [
        { role: 'user', content: 'Look', images: [image] },
        { role: 'tool', tool_name: 'stock', content: '3' },
      ],
      tools: [{ type: 'function', function: { name: 'quote' } }],
      format: 'json',
      options: { temperature: 0, num_ctx: 4096 },
    };
    const output = {
      text: 'Let me see.',
      reasoning: 'Hm.',
      tool_calls: [{ name: 'quote', arguments: { tyres: 4 } }],
      finish_reason: 'stop',
    };
    expect(readCall({ url: `${HOST}/api/chat`, body, response, responseHeaders: NDJSON })).toEqual({
      dialect: 'ollama',
      provider: 'localhost:11434',
      request: {
        model: 'qwen3',
        input: {
          model: 'qwen3',
          messages: [
            {
              role: 'user',
              content: [
                { type: 'text', text: 'Look' },
                { type: 'image', bytes: 30 },
              ],
            },
            { role: 'tool', name: 'stock', content: '3' },
          ],
          tools: ['quote'],
          parameters: { temperature: 0, num_ctx: 4096, response_format: 'json' },
        },
      },
      response: { model: 'qwen3', output, finish: 'stop', usage: USAGE, firstTokenAt: first.length - 2 },
    });
    const message = {
      role: 'assistant',
      content: 'Let me see.',
      thinking: 'Hm.',
      tool_calls: [{ function: { name: 'quote', arguments: { tyres: 4 } } }],
    };
    expect(
      readCall({ url: `${HOST}/api/chat`, body, response: { model: 'qwen3', message, ...END } })?.response,
    ).toEqual({
      model: 'qwen3',
      output,
      finish: 'stop',
      usage: USAGE,
    });
  });

  it('reads generate', () => {
    const response = lines(
      { model: 'llama3', response: 'Hel' },
      { model: 'llama3', response: 'lo' },
      { model: 'llama3', response: '', ...END },
    );
    const body = { model: 'llama3', prompt: 'Hi', system: 'Be short.', images: ['AAAA'.repeat(8)] };
    expect(readCall({ url: `${HOST}/api/generate`, body, response, responseHeaders: NDJSON })).toMatchObject({
      request: {
        input: {
          messages: [
            { role: 'system', content: 'Be short.' },
            {
              role: 'user',
              content: [
                { type: 'text', text: 'Hi' },
                { type: 'image', bytes: 24 },
              ],
            },
          ],
        },
      },
      response: { output: { text: 'Hello', finish_reason: 'stop' }, usage: USAGE },
    });
    expect(
      readCall({ url: `${HOST}/api/generate`, body, response: { response: 'Hello', ...END } })?.response,
    ).toMatchObject({
      output: { text: 'Hello', finish_reason: 'stop' },
    });
  });

  it('reads embeddings and errors', () => {
    const embed = { url: `${HOST}/api/embed`, body: { model: 'e', input: ['red', 'blue'] } };
    expect(
      readCall({
        ...embed,
        response: {
          model: 'e',
          embeddings: [
            [1, 2],
            [3, 4],
          ],
          prompt_eval_count: 4,
        },
      }),
    ).toMatchObject({
      dialect: 'ollama-embeddings',
      response: { output: { embeddings: 2, dimensions: 2 }, usage: { prompt_eval_count: 4 } },
    });
    const failure = { reason: "model 'x' not found" };
    expect(readCall({ ...embed, status: 404, response: { error: failure.reason } })?.response).toMatchObject({
      failure,
    });
    const response = lines({ message: { content: 'Hal' } }, { error: 'out of memory' });
    expect(readCall({ url: `${HOST}/api/chat`, response, responseHeaders: NDJSON })?.response).toMatchObject({
      output: { text: 'Hal', error: { message: 'out of memory' } },
      failure: { reason: 'out of memory' },
    });
  });

  it.each([
    ['https://acme.example/api/chat', {}, undefined],
    ['http://localhost:3000/api/generate', {}, undefined],
    ['http://ollama:8080/api/chat', {}, 'ollama'],
    ['https://my-ollama.internal/api/chat', {}, 'ollama'],
    ['http://10.0.0.7:80/api/chat', { 'user-agent': 'ollama-js/0.6.0 (x64 linux Node.js/v20)' }, 'ollama'],
  ])('%s', (url, headers, dialect) => {
    expect(readCall({ url, headers, body: {}, response: {} })?.dialect).toBe(dialect);
  });
});
