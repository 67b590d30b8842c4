import { once } from 'node:events';
import http from 'node:http';
import { connect } from 'node:net';
import { arrivals } from './http.controller.js';
import type { Situation, Stage } from './situation.js';

/** Posts the situation's message to a route. */
export const to =
  (route: string, more?: Record<string, unknown>) =>
  ({ send }: Stage) =>
    send(route, more);

/** Sends a whole request and breaks the connection once its handler runs. */
export const leave =
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

/** Posts a body unchanged. */
export const raw = async ({ app, id }: Stage, body: string): Promise<unknown> =>
  (await app.post(`/webhook/step?s=${id}`, body)).text();

/** The beginning of an upload only. */
export async function breakUpload({ app, id }: Stage): Promise<void> {
  const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
  await once(socket, 'connect');
  const head = `POST /webhook/upload?s=${id} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 999\r\n\r\n{`;
  socket.write(head, () => setImmediate(() => socket.destroy()));
}

export const plain = (row: Omit<Situation, 'app'>): Situation => ({ app: 'plain', ...row });
/** Refused before any handler: it ends despite a quiet time of a minute. */
export const refused = (row: Omit<Situation, 'app' | 'status'>): Situation => ({
  app: 'patient',
  status: 'error',
  ...row,
});
export const timed = (row: Omit<Situation, 'app'>): Situation => ({ app: 'deadlines', ...row });
