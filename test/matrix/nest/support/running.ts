import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer, type Server } from '../../../support/run.js';
import { SseClient } from '../../../support/sse-client.js';
import type { Consumer } from './consumer.js';

/** Adapters to test; the runner names one for each cell. */
export const PLATFORMS = ['express', 'fastify'].filter((name) => name === (process.env.MATRIX_PLATFORM ?? name));

/** An application of the matrix that runs in a separate process, seen from outside. */
export interface Running {
  url: string;
  /** Its whole output. */
  output(): string;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  debug(path: string): Promise<any>;
  /** The full trace, once it has ended. */
  ended(traceId: string | null): Promise<any>;
  /** The full trace of a contact's first trace that ends. */
  endedOf(contact: string): Promise<any>;
  stop(): Promise<void>;
}

export async function start(
  consumer: Consumer,
  program: string,
  env: Record<string, string> = {},
  debugPath = '/debug',
): Promise<Running> {
  const dir = mkdtempSync(join(tmpdir(), 'matrix-traces-'));
  const server: Server = await startServer([consumer.program(program)], {
    env: { NODE_ENV: 'test', TRACE_DIR: dir, TRACE_URL: undefined, TRACE_TOKEN: undefined, ...env },
  });
  const { url } = server;
  const live = await SseClient.connect(`${url}${debugPath}/stream`);
  const debug = async (path: string): Promise<any> => (await fetch(`${url}${debugPath}${path}`)).json();
  const endedWhere = async (key: 'trace_id' | 'contact_id', value: string): Promise<any> => {
    const { data } = await live.until((message) => message.type === 'trace.ended' && message.data[key] === value);
    return debug(`/trace/${data.trace_id}`);
  };
  return {
    url,
    output: server.output,
    debug,
    post: (path, body, headers = {}) =>
      fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    ended: (traceId) => endedWhere('trace_id', traceId ?? 'no x-trace-id header'),
    endedOf: (contact) => endedWhere('contact_id', contact),
    stop: async () => {
      live.close();
      await server.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
