import http from 'node:http';
import { once } from 'node:events';
import type { ClientRequest } from 'node:http';
import { createConnection } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Run } from './request-log.js';
import { BIG } from './way-server.js';

export interface Form {
  name: string;
  run(run: Run): unknown;
  /** The calls of its observers' methods. */
  sees: (string | RegExp)[][];
}

let url: string;
/** The address of the server, before the forms run. */
export const useServer = (address: string): void => void (url = address);
export const to = (way: string): string => `${url}/${way}`;
export const post = (way: string, more: http.RequestOptions = {}): ClientRequest =>
  http.request(to(way), { method: 'POST', ...more });

/** Ways to make a request and to read its response. */
export const FORMS: Form[] = [
  {
    name: 'get by its URL',
    run: ({ watch }) => watch(http.get(to('echo'))),
    sees: [['sentAll', 'responded 200 echo', 'finished']],
  },
  {
    name: 'a body at the end',
    run: ({ watch, log }) => {
      const request = post('echo');
      const all = watch(request);
      log.push(`end returns ${request.end('hola', () => log.push('end called back')) === request}`);
      return all;
    },
    sees: [
      ['headers transfer-encoding,chunked', 'sent:hola', 'sentAll', 'responded 200 echo', 'received:hola', 'finished'],
    ].map((seen) => seen.slice(1)),
  },
  {
    name: 'encodings and callbacks',
    run: ({ watch, log }) => {
      const request = post('echo');
      const all = watch(request);
      log.push(`${request.write('686f', 'hex')}`);
      log.push(`${request.write('bGE=', 'base64', () => log.push('written'))}`);
      log.push(
        `${request.write('\u00e9', 'latin1')} ${request.write(Buffer.from('!'))} ${request.write(new Uint8Array([63]))}`,
      );
      request.end('ñ', 'utf8');
      return all;
    },
    sees: [['sent:hola\ufffd!?ñ', 'sentAll', 'responded 200 echo', /^received:hola/, 'finished']],
  },
  {
    name: 'back-pressure',
    run: async ({ watch, log }) => {
      const request = post('echo');
      const all = watch(request, { read: true });
      const full = !request.write(BIG);
      log.push(`full ${full}`);
      if (full) await once(request, 'drain');
      request.end();
      await all;
    },
    sees: [[/^sent:abcd/, 'sentAll', 'responded 200 echo', /^received:…/, 'finished']],
  },
  {
    name: 'refused chunks',
    run: async ({ watch, log }) => {
      const request = post('echo');
      const all = watch(request);
      for (const chunk of [null, 1, {}]) {
        try {
          request.write(chunk);
        } catch (error) {
          log.push((error as { code: string }).code);
        }
      }
      request.end('x');
      log.push(`${request.write('late', (error) => log.push(`late ${(error as { code?: string })?.code}`))}`);
      await all;
    },
    sees: [['sent:x', 'sentAll', 'failed ERR_STREAM_WRITE_AFTER_END']],
  },
  {
    name: 'headers as an array',
    run: ({ watch }) => {
      const request = http.request(to('echo'), { method: 'POST', headers: ['Host', 'x.example', 'A', '1', 'a', '2'] });
      const all = watch(request);
      request.end('x');
      return all;
    },
    sees: [['sent:x', 'sentAll', 'responded 200 echo', 'received:x', 'finished']],
  },
  {
    name: 'headers that change after the request was made',
    run: ({ watch }) => {
      const request = post('echo', { headers: { a: '1', b: '2' } });
      const all = watch(request);
      request.setHeader('A', '3');
      request.setHeader('c', ['4', '5']);
      request.removeHeader('b');
      request.end('x');
      return all;
    },
    sees: [['headers a,3 c,4, 5', 'sent:x', 'sentAll', 'responded 200 echo', 'received:x', 'finished']],
  },
  {
    name: 'without an agent',
    run: ({ watch }) => watch(http.get(to('echo'), { agent: false })),
    sees: [['sentAll', 'responded 200 echo', 'finished']],
  },
  {
    name: 'with a connection of its own',
    run: ({ watch }) => {
      const { hostname: host, port } = new URL(url);
      const options = { host, port, path: '/echo', createConnection: () => createConnection(Number(port), host) };
      return watch(http.get(options));
    },
    sees: [['sentAll', 'responded 200 echo', 'finished']],
  },
  {
    name: 'a kept-alive connection',
    run: async ({ watch, agent }) => {
      await Promise.all([watch(http.get(to('echo'), { agent })), watch(http.get(to('parts'), { agent }))]);
      await watch(http.get(to('echo'), { agent }));
    },
    sees: [
      ['sentAll', 'responded 200 echo', 'finished'],
      ['sentAll', 'responded 200 parts', 'received:part4;part3;part2;part1;', 'finished'],
      ['sentAll', 'responded 200 echo', 'finished'],
    ],
  },
  {
    name: 'a stream piped into it',
    run: ({ watch }) => {
      const request = post('echo');
      const all = watch(request);
      Readable.from(['ho', 'la']).pipe(request);
      return all;
    },
    sees: [['sent:hola', 'sentAll', 'responded 200 echo', 'received:hola', 'finished']],
  },
  {
    name: 'a pipeline into it',
    run: async ({ watch }) => {
      const request = post('echo');
      const all = watch(request);
      await pipeline(Readable.from(['ho', 'la']), request);
      await all;
    },
    sees: [['sent:hola', 'sentAll', 'responded 200 echo', 'received:hola', 'finished']],
  },
  {
    name: 'HEAD',
    run: ({ watch }) => {
      const request = http.request(to('echo'), { method: 'HEAD' });
      const all = watch(request);
      request.end();
      return all;
    },
    sees: [['sentAll', 'responded 200 echo', 'finished']],
  },
  ...['empty', 'unchanged'].map((way) => ({
    name: `a response without a body: ${way}`,
    run: ({ watch }: Run) => watch(http.get(to(way))),
    sees: [['sentAll', /^responded (204|304)/, 'finished']],
  })),
  {
    name: 'Expect: 100-continue',
    run: ({ watch }) => {
      const request = post('echo', { headers: { expect: '100-continue', 'content-length': '1' } });
      const all = watch(request);
      request.on('continue', () => request.end('x'));
      request.flushHeaders();
      return all;
    },
    sees: [['sent:x', 'sentAll', 'responded 200 echo', 'received:x', 'finished']],
  },
  {
    name: 'early hints',
    run: ({ watch }) => watch(http.get(to('hints'))),
    sees: [['sentAll', 'responded 200 hints', 'received:after', 'finished']],
  },
  {
    name: 'an upgrade',
    run: ({ watch }) => watch(http.get(to('echo'), { headers: { connection: 'Upgrade', upgrade: 'x' } })),
    sees: [['sentAll', 'responded 101', 'finished']],
  },
  {
    name: 'an upgrade that nobody listens for',
    run: ({ watch }) =>
      watch(http.get(to('echo'), { headers: { connection: 'Upgrade', upgrade: 'x' } }), { quiet: true }),
    sees: [['sentAll', 'left']],
  },
  {
    name: 'CONNECT',
    run: ({ watch }) => {
      const request = http.request(url, { method: 'CONNECT', path: 'x.example:443' });
      const all = watch(request);
      request.end();
      return all;
    },
    sees: [['sentAll', 'responded 200', 'finished']],
  },
];
