import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';

/** What the server received: request line, headers as sent, body. */
export const received: string[] = [];
const sockets = new Set<Socket>();
const server = http.createServer();
server.on('connection', (socket) => {
  sockets.add(socket);
  socket.on('error', () => undefined);
});
export const BIG = Buffer.alloc(5 << 20, 'abcdefgh');
server.on('request', (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('error', () => undefined);
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    // Whether a client that breaks off got so far differs from run to run.
    if (request.url === '/silent') return;
    const headers = request.rawHeaders.map((text) => text.replace(/:\d{4,5}$/, ':PORT')).join('|');
    received.push(
      `${request.method} ${request.url} ${headers} ${body.length > 64 ? body.length : body.toString('hex')}`,
    );
    answer(request.url!.slice(1), response, body);
  });
});
server.on('upgrade', (_request, socket) =>
  socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nhello'),
);
server.on('connect', (_request, socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'));
server.on('checkContinue', (request, response) => {
  response.writeContinue();
  server.emit('request', request, response);
});

function answer(way: string, response: http.ServerResponse, body: Buffer): void {
  response.setHeader('date', 'now').setHeader('x-id', way);
  if (way === 'echo') response.end(body);
  else if (way === 'empty') response.writeHead(204).end();
  else if (way === 'unchanged') response.writeHead(304).end();
  else if (way === 'gzip') response.setHeader('content-encoding', 'gzip').end(gzipSync('hola'));
  else if (way === 'big') response.end(BIG);
  else if (way === 'hints') {
    response.writeEarlyHints({ link: '</a>; rel=preload' });
    response.end('after');
  } else if (way === 'redirect') response.writeHead(307, { location: '/echo' }).end();
  else if (way === 'hangup') response.socket!.destroy();
  else if (way === 'malformed') response.socket!.end('HTTP/1.1 2x0 what\r\n\r\n');
  else if (way === 'half') {
    response.writeHead(200, { 'content-length': '10' }).write('half');
    setImmediate(() => response.socket!.destroy());
  } else if (way === 'parts') {
    response.writeHead(200);
    let left = 4;
    const next = (): void => {
      if (response.destroyed) return;
      response.write(`part${left};`);
      if ((left -= 1) > 0) setTimeout(next, 5);
      else response.end();
    };
    next();
  } else if (way === 'endless') {
    response.writeHead(200);
    response.write('first');
  } else response.writeHead(500).end('no');
}

export async function startServer(): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export function stopServer(): void {
  for (const socket of sockets) socket.destroy();
  server.close();
}
