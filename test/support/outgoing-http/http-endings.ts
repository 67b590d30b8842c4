import http from 'node:http';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import axios from 'axios';
import { post, to } from './http-forms.js';
import type { Form } from './http-forms.js';

/** Ways in which a request ends, and those of axios. */
export const ENDINGS: Form[] = [
  {
    name: 'a response that nobody listens for',
    run: async ({ watch, agent }) => {
      await watch(http.get(to('big'), { agent }), { quiet: true });
      await watch(http.get(to('echo'), { agent }));
    },
    sees: [
      // Node discards the bytes.
      ['sentAll', 'responded 200 big', 'finished'],
      ['sentAll', 'responded 200 echo', 'finished'],
    ],
  },
  {
    name: 'a response that is read as text',
    run: async ({ log }) => {
      const [response] = (await once(http.get(to('parts')), 'response')) as [IncomingMessage];
      response.setEncoding('utf8');
      for await (const chunk of response) log.push(`${typeof chunk} ${chunk}`);
    },
    sees: [['sentAll', 'responded 200 parts', 'received:part4;part3;part2;part1;', 'finished']],
  },
  {
    name: 'a response that is read by read()',
    run: async ({ log }) => {
      const [response] = (await once(http.get(to('parts')), 'response')) as [IncomingMessage];
      response.on('readable', () => {
        for (let chunk = response.read(3) as Buffer; chunk; chunk = response.read(3) as Buffer) log.push(`${chunk}`);
        if (response.complete) response.read();
      });
      await once(response, 'end');
      log.push(`flowing ${response.readableFlowing}`);
    },
    sees: [['sentAll', 'responded 200 parts', 'received:part4;part3;part2;part1;', 'finished']],
  },
  {
    name: 'a response that is destroyed',
    run: async ({ watch }) => {
      const request = http.get(to('endless'));
      request.on('response', (response: IncomingMessage) => response.once('data', () => response.destroy()));
      await watch(request);
    },
    sees: [['sentAll', 'responded 200 endless', 'received:first', 'left']],
  },
  {
    name: 'a response that is destroyed with an error',
    run: async ({ watch }) => {
      const request = http.get(to('endless'));
      request.on('response', (response: IncomingMessage) =>
        response.once('data', () => response.destroy(new Error('enough'))),
      );
      await watch(request);
    },
    sees: [['sentAll', 'responded 200 endless', 'received:first', 'failed Error']],
  },
  {
    name: 'a loop that is left',
    run: async ({ log }) => {
      const request = http.get(to('endless'));
      const closed = once(request, 'close');
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      for await (const chunk of response) {
        log.push(`${chunk}`);
        break;
      }
      await closed;
    },
    sees: [['sentAll', 'responded 200 endless', 'received:first', 'left']],
  },
  {
    name: 'destroyed before the response',
    run: ({ watch }) => {
      const request = http.get(to('silent'));
      request.on('finish', () => setImmediate(() => request.destroy()));
      return watch(request);
    },
    sees: [['sentAll', 'left']],
  },
  {
    name: 'destroyed before it has a socket',
    run: ({ watch, log }) => {
      const request = post('echo');
      const all = watch(request);
      log.push(`${request.destroy() === request}`);
      request.end('x');
      return all;
    },
    sees: [['left']],
  },
  {
    name: 'destroyed with a reason',
    run: ({ watch }) => {
      const request = http.get(to('silent'));
      request.on('finish', () => setImmediate(() => request.destroy(Object.assign(new Error('why'), { code: 'WHY' }))));
      return watch(request);
    },
    sees: [['sentAll', 'failed WHY']],
  },
  {
    name: 'aborted while it reads',
    run: ({ watch }) => {
      const request = http.get(to('endless'));
      request.on('response', (response: IncomingMessage) => response.once('data', () => request.abort()));
      return watch(request);
    },
    sees: [['sentAll', 'responded 200 endless', 'received:first', 'left']],
  },
  {
    name: 'aborted by a signal',
    run: ({ watch }) => {
      const controller = new AbortController();
      const request = http.get(to('silent'), { signal: controller.signal });
      request.on('finish', () => setImmediate(() => controller.abort()));
      return watch(request);
    },
    sees: [['sentAll', 'left']],
  },
  {
    name: 'timed out by a signal',
    run: ({ watch }) => watch(http.get(to('silent'), { signal: AbortSignal.timeout(20) })),
    sees: [['sentAll', /^failed (23|TimeoutError)$/]],
  },
  {
    name: 'timed out, destroyed by its listener',
    run: ({ watch }) => {
      const request = http.get(to('silent'), { timeout: 20 });
      request.on('timeout', () => request.destroy());
      return watch(request);
    },
    sees: [['sentAll', 'failed ETIMEDOUT']],
  },
  {
    name: 'the server hangs up',
    run: ({ watch }) => watch(http.get(to('hangup'))),
    sees: [['sentAll', 'failed ECONNRESET']],
  },
  {
    name: 'the server breaks the body',
    run: ({ watch }) => watch(http.get(to('half'))),
    sees: [['sentAll', 'responded 200 half', 'received:half', 'failed ECONNRESET']],
  },
  {
    name: 'the server sends nonsense',
    run: ({ watch }) => watch(http.get(to('malformed'))),
    sees: [['sentAll', /^failed HPE_/]],
  },
  {
    name: 'nobody listens at the port',
    run: ({ watch }) => watch(http.get('http://127.0.0.1:1/')),
    sees: [['sentAll', 'failed ECONNREFUSED']],
  },
  {
    name: 'axios',
    run: async ({ log }) => {
      const { data, status } = await axios.post<{ a: number }>(to('echo'), { a: 1 });
      log.push(`${status} ${data.a}`);
    },
    sees: [['sent:{"a":1}', 'sentAll', 'responded 200 echo', 'received:{"a":1}', 'finished']],
  },
  {
    name: 'axios, redirected',
    run: async ({ log }) => {
      const { data } = await axios.post<string>(to('redirect'), 'hola', { headers: { 'content-type': 'text/plain' } });
      log.push(data);
    },
    sees: [
      ['sent:hola', 'sentAll', 'responded 307 redirect', 'finished'],
      ['sent:hola', 'sentAll', 'responded 200 echo', 'received:hola', 'finished'],
    ],
  },
  {
    name: 'axios, a status that it throws for',
    run: async ({ log }) => {
      const error = await axios.get(to('nothing')).catch((thrown: { status: number; code: string }) => thrown);
      log.push(`${error.status} ${(error as { code: string }).code}`);
    },
    sees: [['sentAll', 'responded 500 nothing', 'received:no', 'finished']],
  },
  {
    name: 'axios, aborted and timed out',
    run: async ({ log }) => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 20);
      const aborted = await axios.get(to('silent'), { signal: controller.signal }).catch((error: Error) => error);
      const timedOut = await axios.get(to('silent'), { timeout: 20 }).catch((error: Error) => error);
      log.push(`${(aborted as { code?: string }).code} ${(timedOut as { code?: string }).code}`);
    },
    sees: [
      ['sentAll', 'left'],
      ['sentAll', /^failed (ECONNABORTED|ETIMEDOUT)$/],
    ],
  },
  {
    name: 'axios, a stream that is left',
    run: async ({ log }) => {
      const { data } = await axios.get<Readable>(to('endless'), { responseType: 'stream' });
      for await (const chunk of data) {
        log.push(`${chunk}`);
        break;
      }
    },
    sees: [['sentAll', 'responded 200 endless', 'received:first', 'left']],
  },
];
