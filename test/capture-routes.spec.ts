import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  All,
  Controller,
  Get,
  Head,
  Module,
  Options,
  Post,
  RequestMethod,
  VERSION_NEUTRAL,
  Version,
  VersioningType,
} from '@nestjs/common';
import { NestFactory, RouterModule } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { NoTrace, TraceModule, TraceWebhook } from 'nestjs-trace-collector';
import { ADAPTERS, type AppParts, type RunningApp, startApp } from './support/nest-app.js';

@Controller('in')
class InController {
  @Post('orders')
  @TraceWebhook({ type: 'order' })
  orders(): string {
    return 'ok';
  }

  @Post('plain')
  plain(): string {
    return 'ok';
  }

  @Post('webhook-quiet')
  @NoTrace()
  quiet(): string {
    return 'ok';
  }

  @Get('looked-at')
  @TraceWebhook()
  lookedAt(): string {
    return 'ok';
  }

  @All('any')
  @TraceWebhook()
  any(): string {
    return 'ok';
  }

  @Post('files/*')
  @TraceWebhook()
  files(): string {
    return 'ok';
  }
}

@Controller({ path: 'versioned', version: ['1', VERSION_NEUTRAL] })
class VersionedController {
  @Post()
  @TraceWebhook({ type: 'old' })
  old(): string {
    return 'old';
  }

  @Post('next')
  @Version('2')
  @TraceWebhook({ type: 'new' })
  next(): string {
    return 'new';
  }
}

@Controller({ path: 'hosted', host: ':tenant.example.com' })
class HostedController {
  @Post()
  @TraceWebhook({ type: 'hosted' })
  hosted(): string {
    return 'ok';
  }
}

@Controller('webhook')
class ProbedController {
  @Post()
  receive(): string {
    return 'ok';
  }

  @Head('probe')
  probe(): void {}

  @Options('asked')
  asked(): string {
    return 'POST';
  }
}

@Module({ controllers: [InController] })
class PartnerModule {}

@Module({ controllers: [ProbedController] })
class RootModule {}

async function withApp(parts: AppParts, use: (app: RunningApp) => Promise<void>): Promise<void> {
  const app = await startApp(parts);
  try {
    await use(app);
  } finally {
    await app.close();
  }
}

async function isTraced(
  app: RunningApp,
  path: string,
  init: RequestInit = { method: 'POST' },
): Promise<[number, boolean]> {
  const response = await fetch(app.url + path, init);
  await response.text();
  return [response.status, response.headers.has('x-trace-id')];
}

describe.each(ADAPTERS)('which routes are traced on %s', (adapter) => {
  it('by decorators: methods, parameters, wildcards; a route for GET also answers HEAD', () =>
    withApp({ adapter, controllers: [InController] }, async (app) => {
      expect(await isTraced(app, '/in/orders')).toEqual([201, true]);
      expect(await isTraced(app, '/in/orders/')).toEqual([adapter === 'express' ? 201 : 404, true]);
      expect(await isTraced(app, '/in/plain')).toEqual([201, false]);
      expect(await isTraced(app, '/in/webhook-quiet')).toEqual([201, false]);
      expect(await isTraced(app, '/in/files/a/b/c')).toEqual([201, true]);
      for (const method of ['GET', 'HEAD'])
        expect(await isTraced(app, '/in/looked-at', { method })).toEqual([200, true]);
      expect(await isTraced(app, '/in/looked-at')).toEqual([404, false]);
      for (const method of ['GET', 'PUT', 'DELETE']) {
        expect((await isTraced(app, '/in/any', { method }))[1]).toBe(true);
      }
    }));

  it('under a global prefix, and where a route is excluded from it', () =>
    withApp(
      {
        adapter,
        controllers: [InController, ProbedController],
        configure: (app) =>
          void app.setGlobalPrefix('api/v9', { exclude: [{ path: 'in/orders', method: RequestMethod.POST }] }),
      },
      async (app) => {
        expect(await isTraced(app, '/in/orders')).toEqual([201, true]);
        expect(await isTraced(app, '/api/v9/in/any')).toEqual([200, true]);
        expect(await isTraced(app, '/api/v9/in/webhook-quiet')).toEqual([201, false]);
        expect(await isTraced(app, '/api/v9/webhook')).toEqual([201, true]);
        expect(await isTraced(app, '/api/v9/debug/health', {})).toEqual([200, false]);
      },
    ));

  it('with the version in the path', () =>
    withApp(
      {
        adapter,
        controllers: [VersionedController, InController],
        configure: (app) => void app.enableVersioning({ type: VersioningType.URI }),
      },
      async (app) => {
        expect(await isTraced(app, '/v1/versioned')).toEqual([201, true]);
        expect(await isTraced(app, '/versioned')).toEqual([201, true]);
        expect(await isTraced(app, '/v2/versioned/next')).toEqual([201, true]);
        expect(await isTraced(app, '/v1/versioned/next')).toEqual([404, false]);
        // An unrelated version: another route that only resembles one of ours.
        expect(await isTraced(app, '/webhook/in/webhook-quiet')).toEqual([404, true]);
      },
    ));

  it.each([
    ['a header', { type: VersioningType.HEADER as const, header: 'x-version' }, { 'x-version': '2' }],
    ['the media type', { type: VersioningType.MEDIA_TYPE as const, key: 'v=' }, { accept: 'application/json;v=2' }],
  ])('with the version in %s', (_what, versioning, headers) =>
    withApp(
      { adapter, controllers: [VersionedController], configure: (app) => void app.enableVersioning(versioning) },
      async (app) => {
        const init = { method: 'POST', headers: headers as Record<string, string> };
        expect(await isTraced(app, '/versioned/next', init)).toEqual([201, true]);
        expect(await isTraced(app, '/versioned')).toEqual([201, true]);
      },
    ),
  );

  it('under a path of RouterModule', () =>
    withApp(
      {
        adapter,
        imports: [PartnerModule, RouterModule.register([{ path: 'partners/:partner', module: PartnerModule }])],
      },
      async (app) => {
        expect(await isTraced(app, '/partners/acme/in/orders')).toEqual([201, true]);
        expect(await isTraced(app, '/partners/acme/in/webhook-quiet')).toEqual([201, false]);
        expect(await isTraced(app, '/partners/acme/in/plain')).toEqual([201, false]);
        expect(await isTraced(app, '/in/orders')).toEqual([404, false]);
      },
    ));

  it('with a host', () =>
    withApp({ adapter, controllers: [HostedController] }, async (app) => {
      const headers = { host: 'acme.example.com' };
      const response = await new Promise<IncomingMessage>((resolve) =>
        request(`${app.url}/hosted`, { method: 'POST', headers }, resolve).end(),
      );
      response.resume();
      expect(response.statusCode).toBe(201);
      const trace = await app.debug(`/trace/${String(response.headers['x-trace-id'])}`);
      expect(trace.webhook).toMatchObject({ type: 'hosted', path: '/hosted' });
    }));

  it('for HEAD and OPTIONS too, whose responses are unchanged', () =>
    withApp({ adapter, controllers: [ProbedController] }, async (app) => {
      expect(await isTraced(app, '/webhook/probe', { method: 'HEAD' })).toEqual([200, true]);
      expect(await isTraced(app, '/webhook/asked', { method: 'OPTIONS' })).toEqual([200, true]);
    }));

  it('without an effect on CORS', () =>
    withApp({ adapter, controllers: [ProbedController], configure: (app) => app.enableCors() }, async (app) => {
      const preflight = await fetch(`${app.url}/webhook`, {
        method: 'OPTIONS',
        headers: { origin: 'https://a.example', 'access-control-request-method': 'POST' },
      });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    }));

  it('where the debug routes have a path from a factory that looks like a webhook', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'trace-test-'));
    const useFactory = async () => ({ debug: { path: 'webhook-debug' }, storage: { dir } });
    const module = { module: RootModule, imports: [TraceModule.forRootAsync({ useFactory })] };
    const http = adapter === 'express' ? new ExpressAdapter() : (new FastifyAdapter() as never);
    const app = await NestFactory.create(module, http, { logger: false });
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    const own = await fetch(`${url}/webhook-debug/traces`);
    expect([own.status, own.headers.has('x-trace-id'), ((await own.json()) as { count: number }).count]).toEqual([
      200,
      false,
      0,
    ]);
    expect((await fetch(`${url}/webhook`, { method: 'POST' })).headers.has('x-trace-id')).toBe(true);
    await app.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('once, where the module is imported twice', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'trace-test-'));
    const second = TraceModule.forRoot({ storage: { dir }, debug: { enabled: false } });
    await withApp({ adapter, controllers: [ProbedController], imports: [second] }, async (app) => {
      await app.post('/webhook', { contactId: 'twice' });
      await app.ended('twice');
      expect((await app.debug('/traces')).count).toBe(1);
      expect(existsSync(join(dir, 'journal'))).toBe(false);
    });
    rmSync(dir, { recursive: true, force: true });
  });
});
