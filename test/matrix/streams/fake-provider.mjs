import { createServer } from 'node:http';
import { once } from 'node:events';

/** Milliseconds between two parts of an answer. */
export const PAUSE_MS = 30;

const WORDS = ['Claro, ', 'tengo ', 'el martes ', 'a las ', 'diez.'];

/**
 * A provider of models on this machine, with the endpoints of OpenAI and Anthropic. The name of the model selects the
 * behaviour: `fine`, `broken` (the connection is destroyed after three words), `busy` (the first request is answered
 * with 429).
 */
export async function startProvider() {
  /** The received requests, and whether the client closed the connection before the end. */
  const requests = [];
  let busy = true;
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const body = JSON.parse(text);
    const seen = { path: request.url, body: text, left: false };
    requests.push(seen);
    response.once('close', () => void (seen.left = !response.writableFinished));
    if (body.model === 'busy' && busy) {
      busy = false;
      response.writeHead(429, { 'content-type': 'application/json', 'retry-after-ms': '50', 'retry-after': '0.05' });
      response.end(JSON.stringify({ error: { message: 'slow down', type: 'rate_limit_error' } }));
      return;
    }
    busy = true;
    const shape = SHAPES[request.url];
    if (!body.stream) {
      await pause();
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(shape.whole()));
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    let sent = 0;
    for (const event of shape.events()) {
      await pause();
      if (response.destroyed) return;
      response.write(event);
      if (body.model === 'broken' && ++sent === 5) {
        response.destroy();
        return;
      }
    }
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function pause() {
  return new Promise((resolve) => void setTimeout(resolve, PAUSE_MS));
}

function data(value) {
  return `data: ${JSON.stringify(value)}\n\n`;
}

function named(value) {
  return `event: ${value.type}\n${data(value)}`;
}

const chat = { id: 'chatcmpl-1', created: 1, model: 'fine' };
const chatUsage = { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 };
const responsesUsage = {
  input_tokens: 12,
  input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
  output_tokens: 5,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 17,
};
const text = WORDS.join('');
const outputText = { type: 'output_text', text, annotations: [], logprobs: [] };
const outputMessage = { id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content: [outputText] };
const openaiResponse = {
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  model: 'fine',
  status: 'completed',
  error: null,
  incomplete_details: null,
  output: [outputMessage],
  usage: responsesUsage,
};
const anthropicMessage = { id: 'msg_1', type: 'message', role: 'assistant', model: 'fine', stop_sequence: null };

/** The responses of each endpoint, at once and in parts. */
const SHAPES = {
  '/v1/chat/completions': {
    whole: () => ({
      ...chat,
      object: 'chat.completion',
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: text } }],
      usage: chatUsage,
    }),
    *events() {
      const chunk = (more) => data({ ...chat, object: 'chat.completion.chunk', ...more });
      const choice = (delta, finish_reason = null) => chunk({ choices: [{ index: 0, delta, finish_reason }] });
      yield choice({ role: 'assistant', content: '' });
      for (const content of WORDS) yield choice({ content });
      yield choice({}, 'stop');
      yield chunk({ choices: [], usage: chatUsage });
      yield 'data: [DONE]\n\n';
    },
  },
  '/v1/responses': {
    whole: () => openaiResponse,
    *events() {
      const started = { ...openaiResponse, status: 'in_progress', output: [], usage: null };
      const at = { item_id: 'msg_1', output_index: 0, content_index: 0 };
      let sequence_number = 0;
      const event = (type, more) => named({ type, sequence_number: sequence_number++, ...more });
      yield event('response.created', { response: started });
      yield event('response.output_item.added', {
        output_index: 0,
        item: { ...outputMessage, status: 'in_progress', content: [] },
      });
      yield event('response.content_part.added', { ...at, part: { ...outputText, text: '' } });
      for (const delta of WORDS) yield event('response.output_text.delta', { ...at, delta, logprobs: [] });
      yield event('response.output_text.done', { ...at, text, logprobs: [] });
      yield event('response.content_part.done', { ...at, part: outputText });
      yield event('response.output_item.done', { output_index: 0, item: outputMessage });
      yield event('response.completed', { response: openaiResponse });
    },
  },
  '/v1/messages': {
    whole: () => ({
      ...anthropicMessage,
      content: [{ type: 'text', text }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 12, output_tokens: 5 },
    }),
    *events() {
      const usage = { input_tokens: 12, output_tokens: 1 };
      yield named({ type: 'message_start', message: { ...anthropicMessage, content: [], stop_reason: null, usage } });
      yield named({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } });
      for (const word of WORDS)
        yield named({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: word } });
      yield named({ type: 'content_block_stop', index: 0 });
      const delta = { stop_reason: 'end_turn', stop_sequence: null };
      yield named({ type: 'message_delta', delta, usage: { output_tokens: 5 } });
      yield named({ type: 'message_stop' });
    },
  },
};
