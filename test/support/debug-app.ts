import { Controller, Get, Inject, Module } from '@nestjs/common';
import type { DynamicModule, INestApplication, Provider, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { DEBUG_PROVIDERS, createDebugControllers } from '../../libs/trace/src/debug/debug.controllers.js';
import { DEBUG_OPTIONS, TRACE_QUERIES } from '../../libs/trace/src/debug/debug.tokens.js';
import type { ResolvedDebugOptions } from '../../libs/trace/src/debug/debug.options.js';
import { FakeQueries } from './debug-queries.js';

export const ADAPTERS = ['express', 'fastify'] as const;
export type AdapterName = (typeof ADAPTERS)[number];

export interface DebugAppOptions {
  adapter: AdapterName;
  debug?: Partial<ResolvedDebugOptions>;
  providers?: Provider[];
  /** Runs in the module's constructor, the earliest moment at which `forRootAsync` has its options. */
  mount?: (controllers: Type[], options: ResolvedDebugOptions) => void;
  /** The calls of a `main.ts` between create and listen. */
  configure?: (app: INestApplication) => void;
}

export interface DebugApp {
  app: INestApplication;
  queries: FakeQueries;
  url: string;
  port: number;
}

@Controller('own')
class OwnController {
  @Get()
  own() {
    return { own: true };
  }
}

const ON_CREATE = Symbol('ON_CREATE');

@Module({})
class HostModule {
  constructor(@Inject(ON_CREATE) onCreate: () => void) {
    onCreate();
  }

  static with(options: DebugAppOptions, queries: FakeQueries): DynamicModule {
    const debug: ResolvedDebugOptions = {
      path: 'debug',
      enabled: true,
      guards: [],
      dir: '/nonexistent/traces',
      environment: 'test',
      ...options.debug,
    };
    const controllers = createDebugControllers(debug.path);
    return {
      module: HostModule,
      controllers: [OwnController, ...controllers],
      providers: [
        ...DEBUG_PROVIDERS,
        { provide: TRACE_QUERIES, useValue: queries },
        { provide: DEBUG_OPTIONS, useValue: debug },
        { provide: ON_CREATE, useValue: () => options.mount?.(controllers, debug) },
        ...(options.providers ?? []),
      ],
    };
  }
}

/** A real application on a real port, with the debug routes over a fake store. */
export async function startDebugApp(options: DebugAppOptions): Promise<DebugApp> {
  const queries = new FakeQueries();
  const root = HostModule.with(options, queries);
  const app =
    options.adapter === 'express'
      ? await NestFactory.create<NestExpressApplication>(root, { logger: false })
      : await NestFactory.create(root, new FastifyAdapter() as never, { logger: false });
  options.configure?.(app);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { app, queries, port, url: `http://127.0.0.1:${port}` };
}

export interface RawResponse {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/** A request with exactly these headers; `fetch` forbids some and adds others. */
export function raw(
  port: number,
  { method = 'GET', path = '/debug/health', headers = {} as Record<string, string>, body = '' } = {},
): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    request.on('error', reject).end(body);
  });
}
