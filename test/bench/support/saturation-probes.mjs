import { readdirSync, statSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openSqlite } from '../../../dist/libs/trace/src/catalog/db/sqlite/sqlite.js';

/** Bytes of the journal that the index's file does not have, and how old they are. */
export class IndexLag {
  sizes = [];

  constructor(dir) {
    this.dir = dir;
  }

  read() {
    const journal = join(this.dir, 'journal');
    const size = readdirSync(journal).reduce((sum, name) => sum + statSync(join(journal, name)).size, 0);
    const read = this.indexed();
    this.sizes.push([performance.now(), size]);
    // The journal had this size when the newest indexed byte was written.
    const since = this.sizes.findLast(([, bytes]) => bytes <= read)?.[0] ?? this.sizes[0][0];
    return { lag_bytes: Math.max(0, size - read), lag_s: (performance.now() - since) / 1000 };
  }

  indexed() {
    try {
      this.db ??= openSqlite(join(this.dir, 'catalog.db'), { readOnly: true });
      return this.db.prepare('SELECT coalesce(sum(read), 0) AS bytes FROM segments').get().bytes;
    } catch {
      return 0;
    }
  }

  close() {
    this.db?.close();
  }
}

const PATIENCE_MS = 10_000;

/** Asks for what the application has just recorded. */
export class OwnWrites {
  agent = new Agent({ keepAlive: true });
  byId = [];
  byContact = [];
  lagging = 0;
  missing = 0;
  sent = 0;

  constructor(app) {
    this.app = app;
  }

  async run(signal) {
    while (!signal.aborted) {
      const next = pause(500);
      this.sent += 1;
      const contact = `own-${this.sent}`;
      const traceId = await this.webhook(contact);
      const since = performance.now();
      const taken = async (path, has) => (await this.until(path, has)) - since;
      const [byId, byContact] = await Promise.all([
        taken(`traces/${encodeURIComponent(traceId)}`, (body) => body.trace_id === traceId),
        taken(`traces?contact_id=${contact}`, (body) => body.count > 0),
      ]);
      this.byId.push(byId);
      this.byContact.push(byContact);
      await next;
    }
    this.agent.destroy();
  }

  webhook(contactId) {
    const body = JSON.stringify({ contactId, body: 'Quiero agendar una cita', n: this.sent });
    return fetch(`http://127.0.0.1:${this.app.port}/webhook`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    }).then(async (response) => {
      await response.arrayBuffer();
      return response.headers.get('x-trace-id');
    });
  }

  /** The time when the answer had it, or when this gave up. */
  async until(path, has) {
    const began = performance.now();
    for (;;) {
      const { status, body } = await this.get(path);
      if (body.degraded !== undefined) this.lagging += 1;
      if ((status === 200 && has(body)) || performance.now() - began > PATIENCE_MS) return performance.now();
      this.missing += 1;
      await pause(20);
    }
  }

  get(path) {
    return new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port: this.app.port, path: `/debug/${path}`, agent: this.agent }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode, body: JSON.parse(text) }));
      }).on('error', reject);
    });
  }
}
