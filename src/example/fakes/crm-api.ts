import { plainWords } from '../lead.js';
import { pause } from '../pace.js';
import { FakeApi, sendJson } from './fake-api.js';

/** A contact whose record cannot be saved. */
export const BROKEN_RECORD = 'g24hYuI8OpLkJhGfDs65';

/** Imitates the API of an address book: `PUT /contacts/{id}`, `GET /orders?of={id}`. */
export function startCrmApi(): Promise<FakeApi> {
  return FakeApi.start(async ({ path, method, body }, response) => {
    await pause(80);
    if (path.endsWith(BROKEN_RECORD)) return sendJson(response, 503, { message: 'The record is locked by an import' });
    if (method === 'GET') return sendJson(response, 200, { orders: [] });
    sendJson(response, 200, { updated: Object.keys(body).map(plainWords) });
  });
}
