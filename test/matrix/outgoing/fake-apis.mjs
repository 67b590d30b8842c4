import { once } from 'node:events';
import { createServer } from 'node:http';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { SHAPES } from './shapes.mjs';

/** Milliseconds before the first part of a stream, and between two. */
export const PAUSE_MS = 40;

export const WORDS = ['Claro, ', 'tengo ', 'el martes ', 'a las ', 'diez.'];
export const TEXT = WORDS.join('');
/** Five megabytes of text, with its usage at the end of the body. */
export const LONG_TEXT = TEXT.repeat(150_000);

/** Why a fake refuses, in the place where its API has it. */
export const SENTENCE = 'the model is resting';

/**
 * The APIs of OpenAI, Groq, Anthropic, Gemini and Bedrock on this machine. The name of the model, `WAY-NUMBER`, selects
 * the behaviour. Requests are kept by model: `{ status, path, left }`.
 */
export async function startApis() {
  const requests = new Map();
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks).toString() || '{}');
    const { pathname } = new URL(request.url, 'http://fake');
    const shape = SHAPES.find(({ path }) => path.test(pathname));
    const model = body.model ?? decodeURIComponent(/model(?:s)?\/([^/:]+)/.exec(pathname)?.[1] ?? '');
    const seen = { path: pathname, status: undefined, left: false, arrived: performance.now() };
    if (!requests.has(model)) requests.set(model, []);
    const before = requests.get(model).push(seen) - 1;
    response.once('close', () => void (seen.left = !response.writableFinished));
    const way = model.split('-')[0];
    const send = (status, text, headers = {}) => {
      seen.status = status;
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(text);
    };
    if (way === 'aborted') return;
    if (way === 'down') return send(500, JSON.stringify(shape.failure(500, SENTENCE)), shape.failureHeaders?.(500));
    if (way === 'busy' && before === 0) {
      const headers = { 'retry-after-ms': '10', 'retry-after': '0', ...shape.failureHeaders?.(429) };
      return send(429, JSON.stringify(shape.failure(429, SENTENCE)), headers);
    }
    if (way === 'malformed') return send(200, '{"id": "cut');
    if (way !== 'streamed' && way !== 'left') {
      const text = JSON.stringify(shape.whole(model, way === 'long' ? LONG_TEXT : TEXT));
      if (way === 'gzip') return send(200, gzipSync(text), { 'content-encoding': 'gzip' });
      if (way === 'br') return send(200, brotliCompressSync(text), { 'content-encoding': 'br' });
      return send(200, text);
    }
    seen.status = 200;
    response.writeHead(200, { 'content-type': shape.streamType ?? 'text/event-stream' });
    response.flushHeaders();
    for (const event of shape.events(model, WORDS)) {
      if (event.pause) await new Promise((resolve) => void setTimeout(resolve, PAUSE_MS));
      if (response.destroyed) return;
      seen.first ??= event.pause ? performance.now() - seen.arrived : undefined;
      response.write(event.bytes);
    }
    // One who leaves does it before the end.
    if (way !== 'left') response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, requests, close };
}
