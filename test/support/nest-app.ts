import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestApplication, NestApplicationOptions, Type } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { TraceModule, type TraceModuleOptions } from 'nestjs-trace-collector';
import { SseClient } from './sse-client.js';

export const ADAPTERS = ['express', 'fastify'] as const;
export type AdapterName = (typeof ADAPTERS)[number];

export interface RunningApp {
  app: INestApplication;
  url: string;
  dir: string;
  /** GET under `/debug`, as JSON. */
  debug(path: string): Promise<any>;
  /** POST of JSON. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  stream(query?: string, headers?: Record<string, string>): Promise<SseClient>;
  /** The full trace of a contact's newest webhook, once it ended. */
  ended(contact: string): Promise<any>;
  /** The full trace with this id, once it ended. */
  endedTrace(id: string): Promise<any>;
  /** Calls a tool of `/debug/mcp`. Returns the answer's text unchanged. */
  callTool(name: string, given: object): Promise<string>;
  close(): Promise<void>;
}

export interface AppParts {
  adapter?: AdapterName;
  controllers?: Type[];
  providers?: any[];
  imports?: any[];
  options?: TraceModuleOptions;
  dir?: string;
  /** Default: a free one. */
  port?: number;
  configure?: (app: INestApplication) => void;
  /** Options for `NestFactory.create`: `rawBody`, `bodyParser`. */
  nest?: NestApplicationOptions;
  /** An instance of the application's own, under Nest's adapter. */
  instance?: unknown;
}

/** A real application on a real port, with the built package and a separate directory. */
export async function startApp(parts: AppParts = {}): Promise<RunningApp> {
  const dir = parts.dir ?? mkdtempSync(join(tmpdir(), 'trace-test-'));
  const options: TraceModuleOptions = {
    storage: { dir },
    ...parts.options,
    lifecycle: { quietMs: 50, ...parts.options?.lifecycle },
  };
  const module = await Test.createTestingModule({
    imports: [TraceModule.forRoot(options), ...(parts.imports ?? [])],
    controllers: parts.controllers ?? [],
    providers: parts.providers ?? [],
  }).compile();
  const { instance } = parts;
  const adapter =
    parts.adapter === 'fastify' ? new FastifyAdapter(instance as never) : new ExpressAdapter(instance as never);
  const app = module.createNestApplication(adapter as ExpressAdapter, {
    logger: false,
    forceCloseConnections: true,
    ...parts.nest,
  });
  parts.configure?.(app);
  await app.listen(parts.port ?? 0, '127.0.0.1');
  const url = `http://127.0.0.1:${app.getHttpServer().address().port}`;
  const debug = async (path: string): Promise<any> => (await fetch(`${url}/debug${path}`)).json();
  const stream = (query = '', headers: Record<string, string> = {}) =>
    SseClient.connect(`${url}/debug/stream${query}`, headers);
  return {
    app,
    url,
    dir,
    debug,
    stream,
    post: (path, body, headers = {}) =>
      fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    ended: async (contact) => {
      // Listen first, then read: an end between the two is in one of them.
      const client = await stream(`?contact_id=${encodeURIComponent(contact)}`);
      const { traces } = await debug(`/traces?limit=1&contact_id=${encodeURIComponent(contact)}`);
      const id = traces[0] && traces[0].status !== 'active' ? traces[0].trace_id : undefined;
      const traceId = id ?? (await client.ended(contact)).data.trace_id;
      client.close();
      return debug(`/trace/${traceId}`);
    },
    endedTrace: async (id) => {
      const client = await stream(`?trace_id=${encodeURIComponent(id)}`);
      try {
        const now = await debug(`/trace/${id}`);
        if (now.status !== 'active') return now;
        await client.until(({ type }) => type === 'trace.ended');
        return await debug(`/trace/${id}`);
      } finally {
        client.close();
      }
    },
    callTool: async (name, given) => {
      const response = await fetch(`${url}/debug/mcp`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: given } }),
      });
      return response.text();
    },
    close: async () => {
      await app.close();
      if (!parts.dir) rmSync(dir, { recursive: true, force: true });
    },
  };
}
