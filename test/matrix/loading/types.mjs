import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installation, run, write } from './installation.mjs';

const VERSIONS = { 5.2: '5.2.2', 5.5: '5.5.4', 5.7: '5.7.3', 5.9: '5.9.3', '6.0': '6.0.3' };
/** Nest 12 with the oldest and the newest of them. */
const NESTS = { 11: Object.keys(VERSIONS), 12: ['5.2', '6.0'] };

/** Every entry point, and the types that decorators and module options need. */
const PROGRAM = `
import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { CurrentTrace, TraceModule, TraceService, Traced, runInTrace, startSpan, traceEvent, traced } from 'nestjs-trace-collector';
import type { FullTraceResponse, TraceContext, TraceModuleOptions, TraceStore } from 'nestjs-trace-collector';
import { MemoryStore, TestClock, TraceTestingModule, traceMatchers, tracesOf, webhooks } from 'nestjs-trace-collector/testing';
import { createMcpHttpHandler, serveMcpStdio } from 'nestjs-trace-collector/mcp';
import type { McpOptions } from 'nestjs-trace-collector/mcp';
import { postgres, type PostgresTarget } from 'nestjs-trace-collector/postgres';
import { clickhouse } from 'nestjs-trace-collector/clickhouse';
import { acceptByDefault, TraceSpanProcessor } from 'nestjs-trace-collector/otel';

const options: TraceModuleOptions = { capture: { routes: ['/hook', /^\\/in/] }, debug: { access: 'loopback' } };
export class Agent {
  constructor(private readonly traces: TraceService) {}
  @Traced({ kind: 'agent' }) async reply(@CurrentTrace() trace: TraceContext | undefined): Promise<string> {
    traceEvent('step', { id: trace?.traceId });
    const { status }: FullTraceResponse = await this.traces.trace('x');
    return status;
  }
}
declare module 'nestjs-trace-collector' {
  interface TraceEvents {
    booking: { slot: string };
  }
}
export const booked = () => {
  traceEvent('booking', { slot: 'monday' });
  // @ts-expect-error -- a declared payload is checked
  traceEvent('booking', { slot: 1 });
  traceEvent('another', { slot: 1 });
  startSpan('transcribe', { type: 'tool' }).end();
};
const store = new MemoryStore();
export const port: TraceStore = store;
const modules: DynamicModule[] = [TraceModule.forRoot(options), TraceTestingModule.forRoot({ storage: store })];
@Module({ imports: modules })
export class App {}
export const double: (n: number) => number = traced((n: number) => 2 * n, { name: 'double' });
export const one: number = runInTrace({ contactId: 'ana' }, () => 1);
export const inferred = (traces: TraceService) => [traces.pin('x', true), traces.compare('x', 'y'), traces.stream({})] as const;
export const clock = { now: new TestClock().now() };
export const mcp = (given: McpOptions) => [createMcpHttpHandler(given), serveMcpStdio(given)];
const target: PostgresTarget = postgres({ url: 'postgres://db/app' });
export const processor = new TraceSpanProcessor({ accept: (span) => acceptByDefault(span) || span.scope === 'own' });
export const shared = [target, clickhouse({ url: 'http://db:8123' })].map((given) => TraceModule.forRoot({ storage: { shared: given } }));
void [tracesOf, traceMatchers, webhooks];
`;

/** The same application without us: errors of TypeScript here are Nest's own. */
const BASELINE = `
import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { Observable } from 'rxjs';
import 'class-validator';
import type { IncomingMessage } from 'node:http';
const modules: DynamicModule[] = [];
@Module({ imports: modules })
export class App { constructor(readonly ref: ModuleRef, readonly all: Observable<IncomingMessage>) {} }
`;

/** `tsc` over TypeScript versions × module resolution × module system × Nest, with `skipLibCheck: false`. */
export async function* typeCells(tarball) {
  const typescripts = Object.entries(VERSIONS).map(([name, version]) => [
    `typescript-${name}`,
    `npm:typescript@${version}`,
  ]);
  for (const [nest, versions] of Object.entries(NESTS)) {
    const range = `^${nest}.0.0`;
    const dependencies = {
      ...Object.fromEntries(typescripts),
      '@nestjs/common': range,
      '@nestjs/core': range,
      '@nestjs/platform-express': range,
      '@types/node': '^20.19.0',
      'reflect-metadata': '^0.2.2',
      rxjs: '^7.8.2',
    };
    const dir = await installation(`types-nest-${nest}`, dependencies, tarball);
    for (const kind of ['commonjs', 'module']) {
      write(join(dir, kind, 'package.json'), { type: kind });
      write(join(dir, kind, 'program.ts'), PROGRAM);
      write(join(dir, kind, 'baseline.ts'), BASELINE);
    }
    const compile = fileURLToPath(new URL('compile.mjs', import.meta.url));
    for (const name of versions) {
      const { code, output } = await run(process.execPath, [compile, dir, `typescript-${name}`], { cwd: dir });
      const lines = output.split('\n').filter((line) => line.startsWith('{'));
      const title = `Nest ${nest}, TypeScript ${name}`;
      if (code !== 0 || lines.length === 0) yield { name: title, ok: false, detail: output };
      for (const line of lines) {
        const cell = JSON.parse(line);
        yield { ...cell, name: `${title}, ${cell.name}` };
      }
    }
  }
}
