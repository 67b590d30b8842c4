import type pg from 'pg';
import { loadPg } from './load-pg.js';
import { codeOf } from './pg-error.js';

/** Longest time for a connection and an answer. */
const PING_MS = 3_000;

/** Rejects where the server, or the one behind pgbouncer, does not answer on a connection of its own. */
export async function ping(options: pg.ClientConfig): Promise<void> {
  const { Client } = loadPg();
  const client = new Client({ ...options, connectionTimeoutMillis: PING_MS, query_timeout: PING_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
  } catch (error) {
    if (!isAlive(error)) throw error;
  } finally {
    // Not awaited: a server that is gone does not answer this either.
    client.end().catch(() => undefined);
    socketOf(client)?.destroySoon();
  }
}

/** A server without a free connection, for example, is there. */
function isAlive(error: unknown): boolean {
  const isOfServer = typeof (error as { severity?: unknown }).severity === 'string';
  return isOfServer && !/^(?:57|08)/.test(codeOf(error) ?? '');
}

/** The connection itself, which `pg` does not show. */
export function socketOf(client: pg.ClientBase): { destroy(): void; destroySoon(): void } | undefined {
  return (client as unknown as { connection?: { stream?: { destroy(): void; destroySoon(): void } } }).connection
    ?.stream;
}
