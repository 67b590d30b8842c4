import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type INestApplication, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { filter, firstValueFrom } from 'rxjs';
import { TraceModule, type TraceModuleOptions, TraceService } from 'nestjs-trace-collector';

/** A request of the table: its line, more headers, and the expected record where the answer does not show it. */
export interface Row {
  method: string;
  target: string;
  headers: Record<string, string>;
  /** Default: the answer begins with `traced`. */
  recorded?: boolean;
  /** Default: one that names a contact, with a unique text. */
  body?: string;
}

export interface Answer {
  status: number;
  text: string;
  traceId: string | undefined;
  /** Status line and headers. */
  head: string;
}

export interface TableApp {
  readonly dir: string;
  /** Sends a row's request unchanged, over a separate socket. */
  send(row: Row, body: string): Promise<Answer>;
  /** Everything in the journal. */
  journal(): string;
  /** A trace, once it has ended. */
  trace(id: string): Promise<any>;
  count(): Promise<number>;
  internalErrors(): Promise<number>;
  close(): Promise<void>;
}

export interface TableParts {
  adapter: any;
  imports?: any[];
  controllers?: Type[];
  providers?: any[];
  options?: TraceModuleOptions;
  configure?(app: INestApplication): void;
  /** Puts the application into another server, once it is initialised. Default: it listens by itself. */
  mount?(app: INestApplication): Server | Promise<Server>;
}

export async function startTableApp(parts: TableParts): Promise<TableApp> {
  const dir = mkdtempSync(join(tmpdir(), 'trace-table-'));
  const trace = TraceModule.forRoot({ storage: { dir }, lifecycle: { quietMs: 20 }, ...parts.options });
  class TableModule {}
  Module({
    imports: [trace, ...(parts.imports ?? [])],
    controllers: parts.controllers ?? [],
    providers: parts.providers ?? [],
  })(TableModule);
  const app = await NestFactory.create<INestApplication>(TableModule, parts.adapter, {
    logger: false,
    abortOnError: false,
  });
  parts.configure?.(app);
  let server: Server = app.getHttpServer();
  if (parts.mount) {
    await app.init();
    server = await parts.mount(app);
  } else await app.listen(0, '127.0.0.1');
  if (!server.listening) await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  const traces = app.get(TraceService);
  return {
    dir,
    send: (row, body) => exchange(port, row, body),
    journal: () =>
      readdirSync(join(dir, 'journal'))
        .map((file) => readFileSync(join(dir, 'journal', file), 'utf8'))
        .join(''),
    trace: (id) => ended(traces, id),
    count: async () => (await traces.traces({ limit: 500 })).count,
    internalErrors: async () => (await traces.health()).self_errors,
    close: async () => {
      if (parts.mount) server.close();
      await app.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Watches the stream first, then reads: an end between the two is in one of them. */
async function ended(traces: TraceService, id: string): Promise<any> {
  const over = firstValueFrom(
    traces.stream().pipe(filter(({ type, data }: any) => type === 'trace.ended' && data.trace_id === id)),
  );
  over.catch(() => undefined);
  const trace: any = await traces.trace(id);
  if (trace.status !== 'active') return trace;
  await over;
  return traces.trace(id);
}

/** A server that hands all requests to a listener; for applications below another one. */
export function serverOf(listener: (...args: any[]) => unknown): Server {
  return createServer(listener as never);
}

function exchange(port: number, { method, target, headers }: Row, body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const all = {
      host: 'www.example.com',
      connection: 'close',
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      ...headers,
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.on('error', reject).on('close', () => {
      const [head = '', ...rest] = text.split('\r\n\r\n');
      resolve({
        status: Number(head.split(' ')[1]),
        head,
        text: rest.join('\r\n\r\n'),
        traceId: /^x-trace-id: (.*)$/im.exec(head)?.[1],
      });
    });
    socket.write(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
  });
}

/**
 * `POST /path | header: value | expectation`, one row per line; `->` is `recorded` or `nothing` where the answer cannot
 * show it.
 */
export function rows(table: string): Row[] {
  return table
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [request = '', expected] = line.split(' -> ');
      const [start = '', ...more] = request.split(' | ');
      const [method = '', target = ''] = start.trim().split(' ');
      const headers = Object.fromEntries(
        more.map((header) => header.split(': ').map((part) => part.trim()) as [string, string]),
      );
      return { method, target, headers, recorded: expected === undefined ? undefined : expected.trim() === 'recorded' };
    });
}
