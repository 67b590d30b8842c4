import Anthropic from '@anthropic-ai/sdk';
import { createOpenAI } from '@ai-sdk/openai';
import { streamText } from 'ai';
import OpenAI from 'openai';
import { PAUSE_MS } from './fake-provider.mjs';

const USER = [{ role: 'user', content: 'hola' }];

/**
 * Ways to call a model and to read its answer. `ask` is the traced call of an application; `read` reads the result, and
 * passes each part to `part`.
 */
export function callsTo(url) {
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 2 });
  const anthropic = new Anthropic({ baseURL: url, apiKey: 'none', maxRetries: 2 });
  const provider = createOpenAI({ baseURL: `${url}/v1`, apiKey: 'none' });

  const chat = (model) =>
    openai.chat.completions.create({ model, messages: USER, stream: true, stream_options: { include_usage: true } });
  const responses = (model) => openai.responses.create({ model, input: 'hola', stream: true });
  const messages = { max_tokens: 64, messages: USER };
  const aiOptions = { prompt: 'hola', onError: () => undefined };
  const ai = (model) => streamText({ model: provider.chat(model), ...aiOptions });

  return [
    {
      name: 'openai chat, awaited',
      whole: true,
      ask: (model) => openai.chat.completions.create({ model, messages: USER }),
      read: keep,
    },
    { name: 'openai chat, streamed', ask: chat, read: each, leaves: leaveLoop },
    {
      name: 'openai chat, by an async function',
      ask: async (model) => await chat(model),
      read: each,
      leaves: abortController,
    },
    { name: 'openai chat, split', ask: chat, read: both, leaves: leaveBoth },
    { name: 'openai chat, as a web stream', ask: chat, read: lines, leaves: cancelLines },
    {
      name: 'openai chat, as an emitter',
      ask: (model) =>
        openai.chat.completions.stream({ model, messages: USER, stream_options: { include_usage: true } }),
      read: emitted('chunk'),
      leaves: abortEmitter('chunk'),
      alone: true,
    },
    { name: 'openai responses, streamed', ask: responses, read: each, leaves: leaveLoop },
    {
      name: 'openai responses, as an emitter',
      ask: (model) => openai.responses.stream({ model, input: 'hola' }),
      read: emitted('event'),
      leaves: abortEmitter('event'),
      alone: true,
    },
    {
      name: 'anthropic, awaited',
      whole: true,
      ask: (model) => anthropic.messages.create({ ...messages, model }),
      read: keep,
    },
    {
      name: 'anthropic, streamed',
      ask: (model) => anthropic.messages.create({ ...messages, model, stream: true }),
      read: each,
      leaves: leaveLoop,
    },
    {
      name: 'anthropic MessageStream, iterated',
      ask: (model) => anthropic.messages.stream({ ...messages, model }),
      read: each,
      leaves: leaveLoop,
      alone: true,
    },
    {
      name: 'anthropic MessageStream, by events',
      ask: (model) => anthropic.messages.stream({ ...messages, model }),
      read: emitted('streamEvent'),
      leaves: abortEmitter('streamEvent'),
      alone: true,
    },
    {
      name: 'anthropic MessageStream, its final message',
      ask: (model) => anthropic.messages.stream({ ...messages, model }),
      read: async (stream, part) => part(await stream.finalMessage()),
      alone: true,
    },
    {
      name: 'ai textStream',
      ask: ai,
      read: async (result, part) => each(result.textStream, part),
      leaves: (result, part) => leaveLoop(result.textStream, part),
      quiet: true,
    },
    {
      name: 'ai fullStream',
      ask: async (model) => ai(model),
      read: (result, part) => each(result.fullStream, part),
      leaves: (result, part) => leaveLoop(result.fullStream, part),
      quiet: true,
    },
    { name: 'ai text and usage', ask: ai, read: async (result, part) => part([await result.text, await result.usage]) },
    {
      name: 'ai consumeStream',
      ask: ai,
      read: async (result, part) => {
        await result.consumeStream();
        part(await result.text);
      },
    },
    {
      name: 'ai toTextStreamResponse',
      ask: ai,
      read: async (result, part) => each(result.toTextStreamResponse().body, part),
      leaves: (result, part) => leaveLoop(result.toTextStreamResponse().body, part),
      quiet: true,
    },
    {
      name: 'ai toUIMessageStreamResponse',
      ask: ai,
      read: async (result, part) => part(await result.toUIMessageStreamResponse().text()),
      quiet: true,
    },
    {
      name: 'ai textStream and usage',
      ask: ai,
      read: async (result, part) => {
        await each(result.textStream, part);
        part(await result.usage);
      },
    },
    {
      name: 'ai responses, textStream',
      ask: (model) => streamText({ model: provider.responses(model), ...aiOptions }),
      read: (result, part) => each(result.textStream, part),
      quiet: true,
    },
    {
      name: 'fetch, its body',
      bytes: true,
      ask: (model) => raw(url, model),
      read: async (response, part) => each(response.body, (chunk) => part(Buffer.from(chunk).toString())),
      leaves: async (response, part) => leaveLoop(response.body, (chunk) => part(Buffer.from(chunk).toString())),
    },
    {
      name: 'fetch, its text',
      bytes: true,
      ask: (model) => raw(url, model),
      read: async (response, part) => part(await response.text()),
    },
  ];
}

function raw(url, model) {
  const body = JSON.stringify({ model, stream: true, messages: USER });
  return fetch(`${url}/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}

function keep(answer, part) {
  part(answer);
}

async function each(stream, part) {
  for await (const value of stream) part(value);
}

async function leaveLoop(stream, part) {
  let count = 0;
  for await (const value of stream) {
    part(value);
    if ((count += 1) === 2) break;
  }
}

async function abortController(stream, part) {
  let count = 0;
  for await (const value of stream) {
    part(value);
    if ((count += 1) === 2) stream.controller.abort();
  }
}

async function both(stream, part) {
  const [left, right] = stream.tee();
  await Promise.all([each(left, part), each(right, (value) => part({ right: value }))]);
}

async function leaveBoth(stream, part) {
  const [left, right] = stream.tee();
  await Promise.all([leaveLoop(left, part), leaveLoop(right, () => undefined)]);
  stream.controller.abort();
}

async function lines(stream, part) {
  await each(stream.toReadableStream(), (value) => part(Buffer.from(value).toString()));
}

async function cancelLines(stream, part) {
  const reader = stream.toReadableStream().getReader();
  part(Buffer.from((await reader.read()).value).toString());
  await reader.cancel();
}

function emitted(event) {
  return async (stream, part) => {
    stream.on(event, (value) => void part(JSON.parse(JSON.stringify(value))));
    await stream.done();
  };
}

function abortEmitter(event) {
  return async (stream, part) => {
    stream.on(event, (value) => {
      part(JSON.parse(JSON.stringify(value)));
      setTimeout(() => stream.abort(), PAUSE_MS / 3);
    });
    await stream.done();
  };
}
