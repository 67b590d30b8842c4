import http from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { finished } from 'node:stream/promises';

const EVENTS = [
  'socket',
  'finish',
  'response',
  'continue',
  'information',
  'upgrade',
  'connect',
  'abort',
  'timeout',
  'close',
];

export interface Run {
  log: string[];
  /** Listens to everything a request and its response say, and resolves when it is closed. */
  watch(request: ClientRequest, options?: { read?: boolean; errors?: boolean; quiet?: boolean }): Promise<string>;
  agent: http.Agent;
}

export function startRun(): Run {
  const log: string[] = [];
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  return { log, agent, watch: (request, options) => watchRequest(log, request, options) };
}

async function watchRequest(
  log: string[],
  request: ClientRequest,
  { read = true, quiet = false }: { read?: boolean; quiet?: boolean } = {},
): Promise<string> {
  const say = (text: string): void => void log.push(text);
  log.push(`keys ${Object.keys(request).filter((key) => !key.startsWith('_')).length}`);
  const closed = new Promise<void>((resolve) => void request.once('close', resolve));
  let body = '';
  for (const event of EVENTS) {
    if (quiet && ['response', 'upgrade', 'connect'].includes(event)) continue;
    if (event === 'upgrade' || event === 'connect') {
      request.on(event, function (this: unknown, _response: unknown, socket: Socket) {
        say(`${event} ${this === request}`);
        socket.destroy();
      });
    } else if (event !== 'response')
      request.on(event, function (this: unknown) {
        say(`${event} ${this === request}`);
      });
  }
  request.on('error', (error: NodeJS.ErrnoException) =>
    say(`error ${error.name} ${error.code} ${error.message.replace(/\d{4,5}/, 'PORT')}`),
  );
  let done: Promise<unknown> = closed;
  if (!quiet)
    request.on('response', function (this: unknown, response: IncomingMessage) {
      const flow = response.readableFlowing;
      say(`response ${this === request} ${response.statusCode} flowing ${flow} ${response.listenerCount('data')}`);
      say(`own ${Object.keys(response).length} ${response.listenerCount('end')}`);
      for (const event of ['aborted', 'end', 'close'])
        response.on(event, function (this: unknown) {
          say(`response ${event} ${this === response}`);
        });
      response.on('error', (error: NodeJS.ErrnoException) => say(`response error ${error.code}`));
      if (!read) return;
      response.on('data', function (this: unknown, chunk: Buffer) {
        body += chunk.toString('latin1');
        if (body.length < 64) say(`data ${chunk.toString('hex')} ${this === response}`);
      });
      done = Promise.all([closed, finished(response).catch(() => undefined)]);
    });
  for (const event of [...EVENTS, 'error', 'drain', 'pipe']) say(`${event} has ${request.listenerCount(event)}`);
  await closed;
  await done;
  say(`reused ${request.reusedSocket} body ${body.length}`);
  return body;
}
