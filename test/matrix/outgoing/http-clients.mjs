import { once } from 'node:events';
import http from 'node:http';
import { PassThrough } from 'node:stream';
import axios from 'axios';
import got from 'got';
import ky from 'ky';
import nodeFetch from 'node-fetch';
import { tracedFetch } from 'nestjs-trace-collector';
import superagent from 'superagent';
import * as undici from 'undici';

const TYPE = { 'content-type': 'application/json' };

/**
 * HTTP clients that post a chat. `post` answers `{ status, text }` of a whole response, `open` its body as an async
 * iterable of bytes. `without`: what the client does not decode.
 */
const CLIENTS = [
  fetching('fetch', (...args) => fetch(...args)),
  fetching('npm undici, its fetch', undici.fetch),
  fetching('tracedFetch', tracedFetch()),
  {
    ...fetching('node-fetch', nodeFetch),
    open: async (url, body, signal) => (await nodeFetch(url, { method: 'POST', headers: TYPE, body, signal })).body,
  },
  {
    ...fetching('ky', (url, init) => ky(url, { ...init, retry: 0, throwHttpErrors: false, timeout: false })),
    name: 'ky',
  },
  {
    name: 'axios',
    post: async (url, body, signal) => {
      const options = { headers: TYPE, signal, responseType: 'text', transformResponse: (text) => text };
      const { status, data } = await axios.post(url, body, { ...options, validateStatus: () => true });
      return { status, text: data };
    },
    open: async (url, body, signal) =>
      (await axios.post(url, body, { headers: TYPE, signal, responseType: 'stream' })).data,
  },
  {
    name: 'got',
    post: async (url, body, signal) => {
      const options = { body, headers: TYPE, signal, retry: { limit: 0 }, throwHttpErrors: false };
      const { statusCode, body: text } = await got.post(url, options);
      return { status: statusCode, text };
    },
    open: (url, body, signal) => got.stream.post(url, { body, headers: TYPE, signal, retry: { limit: 0 } }),
  },
  {
    name: 'superagent',
    // A pipe that is left keeps its connection, and one that is aborted ends the process with an error.
    without: ['br', 'left'],
    post: async (url, body, signal) => {
      const request = superagent
        .post(url)
        .set(TYPE)
        .ok(() => true)
        .buffer(true)
        .parse(superagent.parse.text);
      signal?.addEventListener('abort', () => void request.abort());
      const { status, text } = await request.send(body);
      return { status, text };
    },
    open: (url, body) => superagent.post(url).set(TYPE).send(body).pipe(new PassThrough()),
  },
  {
    name: 'npm undici, its request',
    without: ['gzip', 'br'],
    post: async (url, body, signal) => {
      const { statusCode, body: answer } = await undici.request(url, { method: 'POST', headers: TYPE, body, signal });
      return { status: statusCode, text: await answer.text() };
    },
    open: async (url, body, signal) =>
      (await undici.request(url, { method: 'POST', headers: TYPE, body, signal })).body,
  },
  {
    name: 'http.request',
    without: ['gzip', 'br'],
    post: async (url, body, signal) => {
      const response = await requested(url, body, signal);
      return { status: response.statusCode, text: Buffer.concat(await response.toArray()).toString() };
    },
    open: requested,
  },
];

/** The clients as what an application makes of them: `ask` retries a 429 itself. */
export function httpClientsFor(url) {
  const path = `${url}/v1/chat/completions`;
  const chat = (model, more) => JSON.stringify({ model, messages: [{ role: 'user', content: 'hola' }], ...more });
  return CLIENTS.map(({ name, without, post, open }) => ({
    name,
    without,
    ask: async ({ model, signal, retries }) => {
      for (let left = retries; ; left -= 1) {
        const { status, text } = await post(path, chat(model), signal);
        if (status === 429 && left > 0) continue;
        if (status !== 200) throw new Error(`The model answered ${status}`);
        return JSON.parse(text).choices[0].message.content;
      }
    },
    async *stream({ model, signal }) {
      const body = chat(model, { stream: true, stream_options: { include_usage: true } });
      let rest = '';
      for await (const bytes of await open(path, body, signal)) {
        const lines = (rest + Buffer.from(bytes).toString()).split('\n\n');
        rest = lines.pop();
        for (const line of lines) {
          if (line === 'data: [DONE]') continue;
          const content = JSON.parse(line.slice(6)).choices[0]?.delta.content;
          if (content) yield content;
        }
      }
    },
  }));
}

function fetching(name, call) {
  const ask = (url, body, signal) => call(url, { method: 'POST', headers: TYPE, body, signal });
  return {
    name,
    post: async (...args) => {
      const response = await ask(...args);
      return { status: response.status, text: await response.text() };
    },
    open: async (...args) => (await ask(...args)).body,
  };
}

async function requested(url, body, signal) {
  const request = http.request(url, { method: 'POST', headers: TYPE, signal });
  request.end(body);
  const [response] = await once(request, 'response');
  return response;
}
