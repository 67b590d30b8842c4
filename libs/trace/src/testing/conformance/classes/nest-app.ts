import type { INestApplication, ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { SpanProbe } from '../functions/span-probe.js';

/** What a case may ask of the application. */
export interface CaseApp {
  app: INestApplication;
  get(path: string): Promise<{ status: number; body: unknown }>;
  post(path: string, body: object): Promise<{ status: number; body: unknown }>;
}

/** Runs `fn` with an application on a real port, each request of which is a trace. */
export async function withApp(
  metadata: ModuleMetadata,
  probe: SpanProbe,
  fn: (app: CaseApp) => Promise<void>,
): Promise<void> {
  class CaseModule {}
  const app = await NestFactory.create({ module: CaseModule, ...metadata }, { logger: false, abortOnError: false });
  try {
    app.use((_request: unknown, _response: unknown, next: () => void) => probe.inTrace(next));
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    const ask = async (path: string, init?: RequestInit) => {
      const response = await fetch(url + path, init);
      const text = await response.text();
      return { status: response.status, body: parsed(text) };
    };
    await fn({
      app,
      get: (path) => ask(path),
      post: (path, body) =>
        ask(path, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
    });
  } finally {
    await app.close();
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
