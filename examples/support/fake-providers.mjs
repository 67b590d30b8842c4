import { once } from 'node:events';
import { createServer } from 'node:http';
import { anthropic } from './fakes/anthropic.mjs';
import { sendJson } from './fakes/answers.mjs';
import { goHighLevel, openTelemetryCollector, telegram, whatsapp } from './fakes/messaging.mjs';
import { openai } from './fakes/openai.mjs';

/** Fakes by the host that a program believes it calls. */
const PROVIDERS = {
  'graph.facebook.com': whatsapp,
  'services.leadconnectorhq.com': goHighLevel,
  'api.telegram.org': telegram,
  'api.openai.com': openai,
  'api.anthropic.com': anthropic,
  'collector.example': openTelemetryCollector,
};

/** Starts all fakes on one free port. `calls` gets `{ host, method, path, headers, body }` of each request. */
export async function startFakeProviders() {
  const calls = [];
  const server = createServer(async (request, response) => {
    try {
      const host = (request.headers.host ?? '').replace(/:\d+$/, '');
      const chunks = await request.toArray();
      const text = Buffer.concat(chunks).toString();
      const isJson = request.headers['content-type']?.startsWith('application/json') && text !== '';
      const body = isJson ? JSON.parse(text) : text;
      const call = { host, method: request.method, path: request.url, headers: request.headers, body };
      calls.push(call);
      const provider = PROVIDERS[host];
      if (provider) await provider(call, response);
      else sendJson(response, 502, { error: `There is no fake for ${host}` });
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { port: server.address().port, calls, close };
}
