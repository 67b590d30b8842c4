import Anthropic from '@anthropic-ai/sdk';
import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { GoogleGenAI } from '@google/genai';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import Groq from 'groq-sdk';
import OpenAI from 'openai';

const USER = [{ role: 'user', content: 'hola' }];

/**
 * SDKs of model providers. `ask` answers the text of a whole response; `stream` yields the texts of its parts. `retries` is
 * the number that the SDK may make.
 */
export function sdksFor(url) {
  return [
    openaiLike('openai', (maxRetries) => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries })),
    openaiLike('groq', (maxRetries) => new Groq({ baseURL: url, apiKey: 'none', maxRetries })),
    {
      name: 'openai responses',
      ask: async ({ model, signal, retries }) => {
        const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: retries });
        return (await client.responses.create({ model, input: 'hola' }, { signal })).output_text;
      },
      async *stream({ model, signal }) {
        const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 });
        for await (const event of await client.responses.create({ model, input: 'hola', stream: true }, { signal }))
          if (event.type === 'response.output_text.delta') yield event.delta;
      },
    },
    {
      name: 'anthropic',
      ask: async ({ model, signal, retries }) => {
        const client = new Anthropic({ baseURL: url, apiKey: 'none', maxRetries: retries });
        const answer = await client.messages.create({ model, max_tokens: 64, messages: USER }, { signal });
        return answer.content[0].text;
      },
      async *stream({ model, signal }) {
        const client = new Anthropic({ baseURL: url, apiKey: 'none', maxRetries: 0 });
        const options = { model, max_tokens: 64, messages: USER, stream: true };
        for await (const event of await client.messages.create(options, { signal }))
          if (event.type === 'content_block_delta') yield event.delta.text;
      },
    },
    {
      name: 'gemini',
      // It keeps the connection when its stream is left: the call goes on.
      without: ['left'],
      ask: async ({ model, signal, retries }) => (await gemini(retries).generateContent(prompt(model, signal))).text,
      async *stream({ model, signal }) {
        for await (const chunk of await gemini(0).generateContentStream(prompt(model, signal))) yield chunk.text;
      },
    },
    {
      name: 'bedrock, by HTTP/1.1',
      // It undoes no compression, and keeps the connection when its stream is left.
      without: ['gzip', 'br', 'left'],
      ask: async ({ model, signal, retries }) => {
        const answer = await bedrock(retries).send(new ConverseCommand(converse(model)), { abortSignal: signal });
        return answer.output.message.content[0].text;
      },
      async *stream({ model, signal }) {
        const answer = await bedrock(0).send(new ConverseStreamCommand(converse(model)), { abortSignal: signal });
        for await (const event of answer.stream) if (event.contentBlockDelta) yield event.contentBlockDelta.delta.text;
      },
    },
  ];

  function gemini(retries) {
    const httpOptions = { baseUrl: url, ...(retries > 0 && { retryOptions: { attempts: retries + 1 } }) };
    return new GoogleGenAI({ apiKey: 'none', httpOptions }).models;
  }

  function bedrock(retries) {
    return new BedrockRuntimeClient({
      endpoint: url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
      maxAttempts: retries + 1,
      // Its default is HTTP/2, whose sessions are not observed.
      requestHandler: new NodeHttpHandler(),
    });
  }
}

const prompt = (model, abortSignal) => ({ model, contents: 'hola', config: { abortSignal } });
const converse = (modelId) => ({ modelId, messages: [{ role: 'user', content: [{ text: 'hola' }] }] });

function openaiLike(name, client) {
  return {
    name,
    ask: async ({ model, signal, retries }) => {
      const answer = await client(retries).chat.completions.create({ model, messages: USER }, { signal });
      return answer.choices[0].message.content;
    },
    async *stream({ model, signal }) {
      // Groq sends its usage without being asked for it.
      const more = name === 'openai' ? { stream_options: { include_usage: true } } : {};
      const options = { model, messages: USER, stream: true, ...more };
      for await (const chunk of await client(0).chat.completions.create(options, { signal }))
        if (chunk.choices[0]?.delta.content) yield chunk.choices[0].delta.content;
    },
  };
}
