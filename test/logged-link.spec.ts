import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type INestApplication, Module, RequestMethod, VersioningType } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { TraceModule } from 'nestjs-trace-collector';
import { ADAPTERS, type AdapterName } from './support/nest-app.js';

interface Started {
  app: INestApplication;
  lines: string[];
  dir: string;
}

/** An application that listens as `listen` does, and its log lines about the traces. */
async function start(
  adapter: AdapterName,
  configure: (app: INestApplication) => void,
  listen: (app: INestApplication, dir: string) => Promise<unknown>,
  fastify: object = {},
): Promise<Started> {
  const dir = mkdtempSync(join(tmpdir(), 'logged-link-'));
  const debug = { access: 'loopback' } as const;
  @Module({ imports: [TraceModule.forRoot({ storage: { dir: join(dir, 'traces') }, debug })] })
  class AppModule {}
  const lines: string[] = [];
  const silent = (): void => undefined;
  const log = (line: string, context?: string): void => void (context === 'TraceModule' && lines.push(line));
  const logger = { log, warn: log, error: silent, debug: silent, verbose: silent, fatal: silent };
  const host = adapter === 'fastify' ? new FastifyAdapter(fastify) : new ExpressAdapter();
  const app = await NestFactory.create(AppModule, host as ExpressAdapter, { logger });
  configure(app);
  await listen(app, dir);
  return { app, lines, dir };
}

async function stop({ app, dir }: Started): Promise<void> {
  await app.close();
  rmSync(dir, { recursive: true, force: true });
}

const linkOf = ({ lines }: Started): string => /https?:\S+/.exec(lines.join(' '))?.[0] ?? 'no link';
const plain = (): void => undefined;

describe.each(ADAPTERS)('the logged link on %s', (adapter) => {
  const prefixes: [name: string, configure: (app: INestApplication) => void, path: string][] = [
    [
      'a prefix that excludes /debug, and versions in the path',
      (app) => {
        app.setGlobalPrefix('api', { exclude: ['debug', 'debug/{*rest}'] });
        app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
      },
      '/debug',
    ],
    [
      'a prefix with a parameter that excludes another route, and versions',
      (app) => {
        app.setGlobalPrefix(':tenant/api', { exclude: [{ path: 'health', method: RequestMethod.GET }] });
        app.enableVersioning({ type: VersioningType.URI, defaultVersion: ['1', '2'], prefix: 'v' });
      },
      '/<tenant>/api/debug',
    ],
    [
      'a prefix that excludes only POST',
      (app) => app.setGlobalPrefix('/api/', { exclude: [{ path: 'debug', method: RequestMethod.POST }] }),
      '/api/debug',
    ],
    [
      'versions in a header',
      (app) => app.enableVersioning({ type: VersioningType.HEADER, header: 'x-version', defaultVersion: '3' }),
      '/debug',
    ],
  ];

  it.each(prefixes)('opens with %s', async (_name, configure, path) => {
    const started = await start(adapter, configure, (app) => app.listen(0));
    const link = linkOf(started);
    expect(new URL(link.replaceAll(/[<>]/g, '')).pathname).toBe(path.replaceAll(/[<>]/g, ''));
    expect(link.endsWith(path)).toBe(true);
    expect((await fetch(link.replace('<tenant>', 'acme'))).status).toBe(200);
    await stop(started);
  });

  it.each([
    [undefined, 'localhost'],
    ['::', 'localhost'],
    ['::1', '[::1]'],
    ['127.0.0.2', '127.0.0.2'],
  ])('opens where the application listens on port 0 of %s', async (host, shown) => {
    const started = await start(adapter, plain, (app) => (host === undefined ? app.listen(0) : app.listen(0, host)));
    const { port } = started.app.getHttpServer().address();
    expect(linkOf(started)).toBe(`http://${shown}:${port}/debug`);
    expect((await fetch(linkOf(started))).status).toBe(200);
    await stop(started);
  });

  it('names the socket without a port', async () => {
    const started = await start(
      adapter,
      (app) => app.setGlobalPrefix('api'),
      (app, dir) => {
        const path = join(dir, 'app.sock');
        return adapter === 'fastify' ? app.listen({ path } as never) : app.listen(path);
      },
    );
    const socketPath = join(started.dir, 'app.sock');
    expect(started.lines.join('\n')).toMatch(/^Traces: \/api\/debug .*, on the socket .*app\.sock$/m);
    expect(started.lines.join('\n')).toContain(socketPath);
    expect(await statusOf(socketPath, '/api/debug/health')).toBeLessThan(500);
    await stop(started);
  });
});

it('the logged link shows a parameter with a pattern by its name', async () => {
  const started = await start(
    'fastify',
    (app) => app.setGlobalPrefix(':tenant(^\\d+)'),
    (app) => app.listen(0),
  );
  expect(linkOf(started)).toMatch(/^http:\/\/localhost:\d+\/<tenant>\/debug$/);
  expect((await fetch(linkOf(started).replace('<tenant>', '42'))).status).toBe(200);
  await stop(started);
});

it('the logged link of a server that speaks HTTP/2 alone has its port', async () => {
  const started = await start('fastify', plain, (app) => app.listen(0), { http2: true });
  expect(linkOf(started)).toBe(`http://localhost:${started.app.getHttpServer().address().port}/debug`);
  await stop(started);
});

function statusOf(socketPath: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, headers: { host: 'localhost' } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on('error', reject);
    asked.end();
  });
}
