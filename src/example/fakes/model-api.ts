import type { ServerResponse } from 'node:http';
import { plainWords } from '../lead.js';
import { pause, paced } from '../pace.js';
import { FakeApi, sendJson, type FakeRequest } from './fake-api.js';

interface Message {
  role: string;
  content: string;
}

interface Choice {
  text: string;
  finish: 'stop' | 'length' | 'tool_calls';
  tool?: { name: string; arguments: string };
}

/** Time until the first word, in milliseconds. Makes the model of one webhook of the demo slow. */
export const THINKING_MS = 250;
export const SLOW_MODEL_MS = 5_400;
/** Requests of one conversation that are refused before one is answered. */
const REFUSALS = 2;

/**
 * Imitates `POST /v1/chat/completions` of OpenAI, streamed. The system message contains the answer after `Responde: `. The
 * contact's words choose what goes wrong.
 */
export function startModelApi(): Promise<FakeApi> {
  const refused = new Map<string, number>();
  return FakeApi.start(async (request, response) => {
    if (request.path !== '/v1/chat/completions')
      return sendJson(response, 404, { error: { message: 'No such route' } });
    const { system, user } = promptOf(request);
    const words = plainWords(user);
    const earlier = refused.get(user) ?? 0;
    if (/\bplan anual\b/.test(words) && earlier < REFUSALS) {
      refused.set(user, earlier + 1);
      return tooManyRequests(response);
    }
    refused.delete(user);
    await pause(/\btomate tu tiempo\b/.test(words) ? SLOW_MODEL_MS : THINKING_MS);
    await stream(response, request, choose(words, system.split('Responde: ')[1] ?? ''));
  });
}

function promptOf({ body }: FakeRequest): { system: string; user: string } {
  const messages = body.messages as Message[];
  const of = (role: string): string => messages.find((message) => message.role === role)?.content ?? '';
  return { system: of('system'), user: of('user') };
}

function choose(words: string, answer: string): Choice {
  if (/\btodo el catalogo\b/.test(words)) return { text: `${answer} Además, cada plan`, finish: 'length' };
  if (/^\W*\.\.\.\W*$/.test(words) || /\bhmm\b/.test(words)) return { text: '', finish: 'stop' };
  if (/\bcupon\b/.test(words)) {
    return { text: '', finish: 'tool_calls', tool: { name: 'find_coupon', arguments: '{"code":"VERANO"}' } };
  }
  return { text: answer, finish: 'stop' };
}

function tooManyRequests(response: ServerResponse): void {
  const error = { message: 'Rate limit reached for gpt-5-mini', type: 'requests', code: 'rate_limit_exceeded' };
  sendJson(response, 429, { error }, { 'retry-after-ms': String(paced(200)) });
}

async function stream(response: ServerResponse, { body }: FakeRequest, choice: Choice): Promise<void> {
  const chunk = (delta: object, finish: string | null = null): object => ({
    ...part(body),
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  const send = (data: object): unknown => response.write(`data: ${JSON.stringify(data)}\n\n`);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  send(chunk({ role: 'assistant', content: '' }));
  for (const word of choice.text.split(/(?<= )/)) {
    if (word !== '') send(chunk({ content: word }));
    await pause(10);
  }
  if (choice.tool) send(chunk({ tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: choice.tool }] }));
  send(chunk({}, choice.finish));
  send({ ...part(body), choices: [], usage: usageOf(body, choice.text) });
  response.end('data: [DONE]\n\n');
}

function part(body: Record<string, unknown>): object {
  return { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_700_000_000, model: body.model };
}

/** Counts words in the place of tokens. The system prompt was sent before, so half of it comes from the cache. */
function usageOf({ messages }: Record<string, unknown>, answer: string): object {
  const counts = (messages as Message[]).map(({ content }) => countWords(content) * 2);
  const prompt = counts.reduce((sum, count) => sum + count, 0);
  const completion = countWords(answer) * 2;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: Math.floor((counts[0] ?? 0) / 2) },
  };
}

function countWords(text: string): number {
  return text.split(/\s+/).filter(Boolean).length;
}
