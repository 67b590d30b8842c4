import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { currentTrace, TraceModule, TraceService } from 'nestjs-trace-collector';

const TOKEN = 'a-token-of-thirty-two-characters-';

/** An application with one webhook, which does `work`. */
export class Application {
  /** @param otlp the option of the module */
  static async start(otlp, work = () => undefined) {
    const running = new Application();
    running.dir = mkdtempSync(join(tmpdir(), 'otlp-'));
    class Hooks {
      async receive() {
        running.last = currentTrace().traceId;
        await work();
        return {};
      }
    }
    Controller('webhook')(Hooks);
    Post()(Hooks.prototype, 'receive', Object.getOwnPropertyDescriptor(Hooks.prototype, 'receive'));
    class App {}
    const options = { storage: { dir: running.dir }, lifecycle: { quietMs: 50 }, debug: { token: TOKEN }, otlp };
    Module({ imports: [TraceModule.forRoot(options)], controllers: [Hooks] })(App);
    running.app = await NestFactory.create(App, { logger: ['error', 'warn'] });
    await running.app.listen(0, '127.0.0.1');
    running.url = `http://127.0.0.1:${running.app.getHttpServer().address().port}`;
    return running;
  }

  /** Sends a webhook and returns the id of its trace. */
  async webhook(headers) {
    const response = await fetch(`${this.url}/webhook`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ contactId: 'ana', message: 'Hola ñ 👍' }),
    });
    if (response.status !== 201) throw new Error(`status ${response.status}: ${await response.text()}`);
    return this.last;
  }

  /** Posts a request of OTLP; throws unless all of it was taken. */
  async post(body, type) {
    const headers = { 'content-type': type, authorization: `Bearer ${TOKEN}` };
    const response = await fetch(`${this.url}/debug/otlp/v1/traces`, { method: 'POST', headers, body });
    const text = await response.text();
    if (response.status !== 200 || (text !== '' && text !== '{}')) throw new Error(`${response.status}: ${text}`);
  }

  /** The trace, once `done` is true of it. `read` is asked again and again: the index is behind by moments. */
  async until(read, done) {
    const traces = this.app.get(TraceService);
    for (;;) {
      const found = await read(traces).catch(() => undefined);
      if (found !== undefined && done(found)) return found;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  ended(id) {
    return this.until(
      (traces) => traces.trace(id),
      ({ status }) => status !== 'active',
    );
  }

  async close() {
    await this.app.close();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
