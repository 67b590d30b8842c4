import { connect } from 'node:net';
import { once } from 'node:events';
import http from 'node:http';
import { traceError, traceEvent } from 'nestjs-trace-collector';
import { arrivals, lateWork } from './http.controller.js';
import {
  CLIENT_LEFT,
  MAX_MS,
  NOTHING_TRACED,
  REPLIED,
  REPLY_WITHIN_MS,
  type Situation,
  type Stage,
  WELL,
} from './situation.js';

const to =
  (route: string, more?: Record<string, unknown>) =>
  ({ send }: Stage) =>
    send(route, more);

/** Sends a whole request and breaks the connection once its handler runs. */
const leave =
  (route: string, method = 'POST') =>
  async ({ app, id }: Stage): Promise<void> => {
    const request = http.request(`${app.url}/webhook/${route}?s=${id}`, {
      method,
      agent: false,
      headers: { 'content-type': 'application/json' },
    });
    request.on('error', () => undefined);
    request.end(method === 'POST' ? JSON.stringify({ contactId: id, body: 'hola' }) : undefined);
    request.on('response', (response) => response.on('error', () => undefined).resume());
    await arrivals.of(id);
    request.destroy();
  };

const raw = async ({ app, id }: Stage, body: string): Promise<unknown> =>
  (await app.post(`/webhook/step?s=${id}`, body)).text();

/** The beginning of an upload, and nothing more. */
async function breakUpload({ app, id }: Stage): Promise<void> {
  const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
  await once(socket, 'connect');
  const head = `POST /webhook/upload?s=${id} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 999\r\n\r\n{`;
  socket.write(head, () => setImmediate(() => socket.destroy()));
}

const plain = (row: Omit<Situation, 'app'>): Situation => ({ app: 'plain', ...row });
/** Refused before any handler: with a quiet time of a minute the trace ends all the same. */
const refused = (row: Omit<Situation, 'app' | 'status'>): Situation => ({ app: 'patient', status: 'error', ...row });
const timed = (row: Omit<Situation, 'app'>): Situation => ({ app: 'deadlines', ...row });

export const HTTP_SITUATIONS: readonly Situation[] = [
  plain({
    name: 'a handler without steps',
    act: to('nothing'),
    status: 'completed',
    code: 201,
    hints: [NOTHING_TRACED],
    waitsFor: 'hints',
  }),
  plain({ name: 'a handler with a step', act: to('step'), status: 'completed', code: 201, hints: [WELL] }),
  plain({
    name: 'a step and a reply',
    act: to('reply'),
    status: 'completed',
    code: 201,
    hints: [WELL],
    summary: REPLIED,
  }),
  plain({
    name: 'work after an early 202',
    act: to('early'),
    status: 'completed',
    code: 202,
    hints: [WELL],
    atLeastMs: 60,
  }),
  plain({
    name: '@Res() answers first, the handler works on',
    act: to('early-res'),
    status: 'completed',
    code: 202,
    hints: [WELL],
    summary: REPLIED,
    atLeastMs: 120,
  }),
  plain({
    name: 'a message of several events without a message text',
    act: to('step', { body: undefined }),
    status: 'completed',
    code: 201,
    hints: [WELL],
  }),
  plain({
    name: 'a redirect',
    act: to('redirect'),
    status: 'completed',
    code: 302,
    hints: [NOTHING_TRACED],
    waitsFor: 'hints',
  }),
  plain({ name: 'an Observable', act: to('observable'), status: 'completed', code: 201, hints: [WELL] }),
  plain({
    name: 'waitUntil',
    act: to('wait-until'),
    status: 'completed',
    code: 201,
    hints: [NOTHING_TRACED],
    waitsFor: 'hints',
    atLeastMs: 140,
  }),
  plain({
    name: 'a routing loop',
    act: to('loop'),
    status: 'completed',
    code: 201,
    hints: [/^🔁 Routing loop: agent_a/],
    summary: REPLIED,
  }),
  plain({
    name: 'a lead score of 0',
    act: to('score-zero'),
    status: 'completed',
    code: 201,
    hints: [/^📉 Lead score is 0/],
    summary: { ...REPLIED, lead_score: 0 },
  }),
  plain({
    name: 'agents at work and no reply',
    act: to('agent-only'),
    status: 'completed',
    code: 201,
    hints: [/^📭 No reply was recorded/],
    waitsFor: 'hints',
  }),
  plain({
    name: 'an event after the end',
    act: to('late'),
    late: ({ id }) => lateWork.get(id)!(() => traceEvent('after')),
    status: 'completed',
    code: 201,
    hints: [/^🕓 1 late event/],
  }),
  plain({
    name: 'an error after the end',
    act: to('late'),
    late: ({ id }) => lateWork.get(id)!(() => traceError('audit', new Error('too late'))),
    status: 'error',
    code: 201,
    hints: [/^❌ Error in audit: too late/, /^🕓 1 late event/],
  }),
  plain({
    name: 'a handler throws',
    act: to('throws'),
    status: 'error',
    code: 500,
    hints: [/^❌ Error in SituationsController\.throws: boom/],
  }),
  plain({
    name: 'a step rejects and the handler with it',
    act: to('rejects'),
    status: 'error',
    code: 500,
    hints: [/^❌ Error in crm_broken: CRM is down/],
  }),
  plain({
    name: 'a handler throws a 404',
    act: to('not-found'),
    status: 'error',
    code: 404,
    hints: [/^🚫 Refused: HTTP 404.*no such lead/],
    waitsFor: 'hints',
  }),
  plain({
    name: 'a handler throws a 503',
    act: to('unavailable'),
    status: 'error',
    code: 503,
    hints: [/^❌ ServiceUnavailableException in SituationsController\.unavailable: CRM is closed/],
  }),
  plain({
    name: 'a handler answers 404 by itself',
    act: to('says-404'),
    status: 'error',
    code: 404,
    hints: [/^🚫 Refused: HTTP 404.*unknown lead/],
    waitsFor: 'hints',
  }),
  plain({
    name: 'a handler answers 500 by itself',
    act: to('says-500'),
    status: 'error',
    code: 500,
    hints: [/^❌ HttpStatusError in POST \/webhook\/says-500: 500 no luck/],
  }),
  plain({
    name: 'a filter answers an error with 200',
    act: to('filter'),
    status: 'error',
    code: 200,
    hints: [/^❌ Error in SituationsController\.filter: hidden/],
  }),
  plain({
    name: 'a step catches an error',
    act: to('caught'),
    status: 'error',
    code: 201,
    hints: [/^❌ Error in crm_broken: CRM is down \((caught|handled) in careful\)/],
  }),
  plain({
    name: 'traceError',
    act: to('reported'),
    status: 'error',
    code: 201,
    hints: [/^❌ Error in billing: no card/],
  }),
  plain({
    name: 'a throw after the answer',
    act: to('throws-late'),
    status: 'error',
    code: 202,
    hints: [/^❌ Error in SituationsController\.throwsLate: too late \(thrown after the response was sent\)/],
    waitsFor: 'hints',
    atLeastMs: 60,
  }),
  plain({
    name: 'waitUntil rejects',
    act: to('wait-until-rejects'),
    status: 'error',
    code: 201,
    hints: [/^❌ Error in waitUntil: background/],
    atLeastMs: 60,
  }),
  plain({
    name: 'an answer that cannot be serialised',
    act: to('circular'),
    status: 'error',
    code: 500,
    hints: [/^❌ /],
  }),
  plain({
    name: 'a file that breaks off',
    act: (stage) =>
      to('file-breaks')(stage)
        .then((response) => response.text())
        .catch(() => undefined),
    status: 'error',
    code: 201,
    hints: [/^❌ Error in SituationsController\.fileBreaks: disk error/],
  }),
  plain({
    name: 'an Observable that fails',
    act: to('observable-fails'),
    status: 'error',
    code: 500,
    hints: [/^❌ Error in SituationsController\.observableFails: stream failed/],
  }),
  plain({
    name: '@Sse to its end',
    act: ({ app, id }) => fetch(`${app.url}/webhook/sse?s=${id}`).then((r) => r.text()),
    status: 'completed',
    code: 200,
    hints: [WELL],
    atLeastMs: 30,
  }),
  plain({
    name: '@Sse that fails',
    act: ({ app, id }) => fetch(`${app.url}/webhook/sse-fails?s=${id}`).then((r) => r.text()),
    status: 'error',
    code: 500,
    hints: [/^❌ Error in SituationsController\.sseFails: feed broke/],
  }),
  plain({
    name: '@Sse whose client leaves',
    act: leave('sse-endless', 'GET'),
    status: 'cancelled',
    code: 200,
    hints: [CLIENT_LEFT],
    waitsFor: 'hints',
    atLeastMs: 30,
  }),
  plain({
    name: 'the client leaves, the handler goes on',
    act: leave('slow'),
    status: 'cancelled',
    code: 499,
    hints: [CLIENT_LEFT],
    atLeastMs: 60,
  }),
  plain({
    name: 'the client leaves, the handler fails',
    act: leave('slow-throws'),
    status: 'error',
    code: 499,
    hints: [/^❌ Error in SituationsController\.slowThrows: and it failed/, CLIENT_LEFT],
    waitsFor: 'hints',
    atLeastMs: 60,
  }),
  plain({
    name: 'the client leaves an Observable',
    act: leave('observable-endless'),
    status: 'cancelled',
    code: 499,
    hints: [/^🔌 .*observableEndless was cut off/, /^📭 No reply was recorded/],
    waitsFor: 'hints',
  }),
  plain({
    name: 'the client leaves in the middle of the answer',
    act: leave('file-endless'),
    status: 'cancelled',
    code: 201,
    hints: [CLIENT_LEFT],
  }),
  plain({
    name: 'the client leaves in the middle of its upload',
    act: breakUpload,
    status: 'cancelled',
    code: 499,
    hints: [CLIENT_LEFT],
  }),
  plain({
    name: 'a middleware answers 200 and works on',
    act: to('bot'),
    status: 'completed',
    code: 200,
    hints: [WELL],
    summary: REPLIED,
    atLeastMs: 60,
  }),

  refused({
    name: 'a guard says no',
    act: to('denied'),
    code: 403,
    hints: [/^🚫 Refused: HTTP 403/],
    waitsFor: 'errors',
  }),
  refused({
    name: 'a guard throws a 401',
    act: to('signature'),
    code: 401,
    hints: ['🚫 Refused: HTTP 401 by SignatureGuard: bad signature'],
    waitsFor: 'errors',
  }),
  refused({ name: 'a guard breaks', act: to('broken-guard'), code: 500, hints: [/^❌ /] }),
  refused({
    name: 'a guard records and says no',
    act: to('tracing-guard'),
    code: 403,
    hints: [/^🚫 Refused: HTTP 403/],
    waitsFor: 'errors',
  }),
  plain({
    status: 'error',
    name: 'an interceptor answers 409',
    act: to('interceptor'),
    code: 409,
    hints: [/^🚫 Refused: HTTP 409.*already handled/],
    waitsFor: 'hints',
  }),
  refused({
    name: 'malformed JSON',
    act: (stage) => raw(stage, '{"a":'),
    code: 400,
    hints: [/^🚫 Refused: HTTP 400/],
    waitsFor: 'hints',
  }),
  refused({
    name: 'a body over the limit',
    act: (stage) => raw(stage, JSON.stringify({ text: 'x'.repeat(1_200_000) })),
    code: 413,
    hints: [/^🚫 Refused: HTTP 413/],
    waitsFor: 'hints',
  }),
  refused({
    name: 'no such route under the prefix',
    act: to('none-such'),
    code: 404,
    hints: [/^🚫 Refused: HTTP 404/],
    waitsFor: 'hints',
  }),
  refused({
    name: 'a middleware answers 403',
    act: to('blocked'),
    code: 403,
    hints: [/^🚫 Refused: HTTP 403/],
    waitsFor: 'hints',
  }),
  {
    app: 'plain',
    name: 'a pipe refuses the body',
    act: to('pipe'),
    status: 'error',
    code: 400,
    hints: [/^🚫 Refused: HTTP 400.*email must be an email/],
    waitsFor: 'hints',
  },

  timed({
    name: 'a hung model call',
    act: to('hung-step'),
    status: 'timeout',
    code: 201,
    hints: [/^⏰ Timed out: llm gpt was still open after /, /^📭 No reply was recorded/],
    exactMs: MAX_MS,
    waitsFor: 'hints',
  }),
  timed({
    name: 'a handler that never answers',
    act: (stage) => void to('hung')(stage).catch(() => undefined),
    status: 'timeout',
    hints: ['⏰ Timed out: its work did not end in time'],
    exactMs: MAX_MS,
  }),
  timed({
    name: 'no reply in time',
    act: to('step'),
    status: 'silent',
    code: 201,
    hints: [/^🔇 Silent: the work ended well, but no reply was /],
    exactMs: REPLY_WITHIN_MS,
  }),
  timed({ name: 'a reply in time', act: to('reply'), status: 'completed', code: 201, hints: [WELL], summary: REPLIED }),
  timed({
    name: 'a reply too late',
    act: to('reply-late'),
    status: 'silent',
    code: 201,
    hints: [/^🔇 Silent/, /^🕓 1 late event/],
    summary: REPLIED,
    exactMs: REPLY_WITHIN_MS,
  }),
  timed({
    name: 'a notice, which needs no reply',
    act: to('step', { body: undefined }),
    status: 'completed',
    code: 201,
    hints: [WELL],
  }),
  timed({
    name: 'an error instead of a reply',
    act: to('throws'),
    status: 'error',
    code: 500,
    hints: [/^❌ Error in SituationsController\.throws: boom/],
  }),
  timed({
    name: 'the client leaves and gets no reply',
    act: leave('slow'),
    status: 'silent',
    code: 499,
    hints: [/^🔇 Silent/, CLIENT_LEFT],
    exactMs: REPLY_WITHIN_MS,
  }),
];
