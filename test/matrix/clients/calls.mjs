import Anthropic from '@anthropic-ai/sdk';
import { createOpenAI } from '@ai-sdk/openai';
import { generateText } from 'ai';
import axios from 'axios';
import got from 'got';
import { Bot } from 'grammy';
import ky from 'ky';
import nodeFetch from 'node-fetch';
import OpenAI from 'openai';
import superagent from 'superagent';
import { Telegraf } from 'telegraf';
import * as undici from 'undici';

/** Secrets that must not be in the journal; all look like issued keys. */
export const SECRETS = {
  bearer: 'bearer-4f9a1c77d2e84b60',
  query: 'query-9b1e5d03c7a2f468',
  password: 'password-77aa31',
  openai: 'sk-proj-Zk3T9vQwL1xY8bNcR5mHj2Df',
  anthropic: 'sk-ant-api03-Qp7sVt2uXw9yZa4bCd6eFg8h',
  telegram: '123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1',
  cookie: 'cookie-of-the-server-1234',
};

const MS = 150;
const LEAD = { lead: 'ana', password: SECRETS.password };
const headers = { authorization: `Bearer ${SECRETS.bearer}` };
const prompt = [{ role: 'user', content: 'hola' }];
const chat = { model: 'gpt-5-mini', messages: prompt };
const telegram = { chat_id: 1, text: 'hola' };

class ApiError extends Error {
  constructor(response, body) {
    super(`Calendar answered ${response.status}`);
    this.name = 'ApiError';
    this.status = response.status;
    this.body = body;
  }
}

/** The usual check around `fetch`, which throws for no status. */
const wrapperOf = (fetch) => async (url) => {
  const signal = AbortSignal.timeout(MS * (url.includes('slow') ? 1 : 100));
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(LEAD), signal });
  if (!response.ok) throw new ApiError(response, await response.text());
  return response.json();
};

const grace = (way) => (way === 'slow' ? MS : 30_000);

/**
 * Calls by real clients: `(server's URL, way) => Promise`. `withoutBody`: the client has not read the answer when it
 * throws, so its reason cannot be recorded; `withoutStatus`: its error of this way has none. `abort`: the error of a
 * timeout is the one of an abort by code.
 */
export const CALLS = [
  { name: 'axios', call: (url, way) => axios.post(target(url, way), LEAD, { headers, timeout: grace(way) }) },
  {
    name: 'axios, its parameters and basic credentials',
    call: (url, way) =>
      axios.get(`${url}/${way}`, {
        params: { access_token: SECRETS.query },
        auth: { username: 'ana', password: SECRETS.password },
        timeout: grace(way),
      }),
  },
  {
    name: 'got',
    call: (url, way) =>
      got.post(target(url, way), {
        json: LEAD,
        headers,
        retry: { limit: 0 },
        timeout: { request: grace(way) },
        responseType: way === 'down' ? 'text' : 'json',
      }),
  },
  {
    name: 'got, text',
    call: (url, way) =>
      got(target(url, way), { headers, retry: { limit: 0 }, timeout: { request: grace(way) } }).text(),
  },
  {
    name: 'ky',
    // ky reads the answer of an error from version 2 on.
    withoutBody: process.versions.node.startsWith('20.'),
    call: (url, way) => ky.post(target(url, way), { json: LEAD, headers, retry: 0, timeout: grace(way) }).json(),
  },
  { name: 'node-fetch', abort: true, call: (url, way) => wrapperOf(nodeFetch)(target(url, way)) },
  { name: "Node's fetch", call: (url, way) => wrapperOf(fetch)(target(url, way)) },
  { name: 'fetch of undici', call: (url, way) => wrapperOf(undici.fetch)(target(url, way)) },
  {
    name: 'undici, responseError',
    call: (url, way) => {
      const dispatcher = new undici.Agent().compose(undici.interceptors.responseError());
      return undici.request(target(url, way), { dispatcher, headers, headersTimeout: grace(way) });
    },
  },
  {
    name: 'superagent',
    call: (url, way) => superagent.post(target(url, way)).set(headers).timeout(grace(way)).send(LEAD),
  },
  {
    name: 'openai',
    call: (url, way) =>
      new OpenAI({
        baseURL: `${url}/${way}/v1`,
        apiKey: SECRETS.openai,
        maxRetries: 0,
        timeout: grace(way),
      }).chat.completions.create(chat),
  },
  {
    name: '@anthropic-ai/sdk',
    call: (url, way) =>
      new Anthropic({
        baseURL: `${url}/${way}`,
        apiKey: SECRETS.anthropic,
        maxRetries: 0,
        timeout: grace(way),
      }).messages.create({
        model: 'claude',
        max_tokens: 8,
        messages: prompt,
      }),
  },
  {
    name: 'ai with @ai-sdk/openai',
    call: (url, way) =>
      generateText({
        model: createOpenAI({ baseURL: `${url}/${way}/v1`, apiKey: SECRETS.openai }).chat('gpt-5-mini'),
        prompt: 'hola',
        maxRetries: 0,
        abortSignal: AbortSignal.timeout(grace(way)),
      }),
  },
  {
    name: 'telegraf',
    abort: true,
    call: (url, way) =>
      new Telegraf(SECRETS.telegram, { telegram: { apiRoot: url } }).telegram.callApi(method(way), telegram, {
        signal: AbortSignal.timeout(grace(way)),
      }),
  },
  {
    name: 'grammy',
    withoutStatus: 'down',
    call: (url, way) =>
      new Bot(SECRETS.telegram, { client: { apiRoot: url, timeoutSeconds: grace(way) / 1_000 } }).api.raw[method(way)](
        telegram,
      ),
  },
];

function target(url, way) {
  return `${url}/${way}?access_token=${SECRETS.query}`;
}

/** A method of the Bot API is the last part of the path. */
function method(way) {
  return way;
}
