import { once } from 'node:events';
import { createServer } from 'node:http';

/** The sentence that a developer needs, in the place where each API has it. */
export const SENTENCE = 'the slot of 10:30 is taken';

/**
 * A server that fails by its path: `bad` is 400 with a reason in JSON, `busy` 429, `down` 500 with a page of HTML,
 * `reset` a connection that breaks, `slow` no response at all.
 */
export async function startServer() {
  const server = createServer((request, response) => {
    request.resume();
    const [way] = /bad|busy|down|reset|slow/.exec(request.url) ?? [];
    if (way === 'slow') return;
    if (way === 'reset') return void request.socket.resetAndDestroy();
    const html = way === 'down';
    const status = { bad: 400, busy: 429, down: 500 }[way] ?? 404;
    const type = html ? 'text/html' : 'application/json';
    response.writeHead(status, { 'content-type': type, 'set-cookie': 'session=cookie-of-the-server-1234' });
    response.end(html ? '<html><body><h1>Internal Server Error</h1></body></html>' : bodyFor(request.url, status));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, close };
}

function bodyFor(path, status) {
  if (path.startsWith('/bot')) {
    return JSON.stringify({ ok: false, error_code: status, description: `Bad Request: ${SENTENCE}` });
  }
  if (path.includes('/v1/messages')) {
    return JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', message: SENTENCE } });
  }
  if (path.includes('/v1/')) {
    return JSON.stringify({ error: { message: SENTENCE, type: 'invalid_request_error', param: null, code: 'taken' } });
  }
  return JSON.stringify({ statusCode: status, message: SENTENCE, code: 'SLOT_TAKEN' });
}
