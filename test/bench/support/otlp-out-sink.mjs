/**
 * A receiver of OTLP as a process, in the state that its parent names: `well`, `away` (connections are refused), `slow` (an
 * answer after 5 s), `trickle` (the answer's status at once, its body a byte each 250 ms for 15 s), `429` (with
 * `Retry-After: 3`), `503`. It counts each span of the requests that it took, by its ids.
 */
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { readProtobuf } from '../../../dist/libs/trace/src/otel/wire/read-protobuf.js';

const SLOW_MS = 5_000;
const BYTE_MS = 250;
/** An answer without rejected spans that has a message, in which a reader has nothing to count. */
const TRICKLED = Buffer.concat([Buffer.from([0x0a, 60, 0x12, 58]), Buffer.alloc(58, 'a')]);

/** How often each span was taken. */
const taken = new Map();
let state = 'well';
let requests = 0;
let server;
let port = 0;

await listen();
process.send({ port });
process.on('message', async (message) => {
  if (message === 'report') return void process.send({ taken: [...taken], requests });
  const wasAway = state === 'away';
  state = message;
  if (state === 'away') await close();
  else if (wasAway) await listen();
  process.send({ taken: taken.size, requests });
});
process.on('disconnect', () => process.exit(0));

async function listen() {
  server = createServer((request, response) => void take(request, response).catch(() => response.destroy()));
  await new Promise((resolve) => void server.listen(port, '127.0.0.1', resolve));
  port = server.address().port;
}

async function close() {
  const closed = new Promise((resolve) => void server.close(resolve));
  server.closeAllConnections();
  await closed;
}

async function take(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  requests += 1;
  const type = { 'content-type': 'application/x-protobuf' };
  if (state === '429') return void response.writeHead(429, { 'retry-after': '3' }).end();
  if (state === '503') return void response.writeHead(503).end();
  for (const { traceId, spanId } of readProtobuf(Buffer.concat(chunks)).spans) {
    const id = `${traceId}-${spanId}`;
    taken.set(id, (taken.get(id) ?? 0) + 1);
  }
  if (state === 'slow') await pause(SLOW_MS);
  if (state === 'trickle') {
    response.writeHead(200, { ...type, 'content-length': TRICKLED.length }).flushHeaders();
    for (const byte of TRICKLED) {
      response.write(Buffer.from([byte]));
      await pause(BYTE_MS);
    }
    return void response.end();
  }
  response.writeHead(200, type).end();
}
