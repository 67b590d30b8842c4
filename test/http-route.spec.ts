import { All, Controller, Get, HttpCode, Param, Post, RequestMethod, Version, VersioningType } from '@nestjs/common';
import { traceEvent, TraceWebhook } from 'nestjs-trace-collector';
import { removeTemporaryDirectories, runCli } from './support/cli-run.js';
import { ADAPTERS, type RunningApp, startApp } from './support/nest-app.js';

@Controller('webhook')
class IdController {
  @Post(':id')
  @HttpCode(200)
  receive(@Param('id') id: string): string {
    return id;
  }

  @Post(':id/status/:state')
  @HttpCode(200)
  status(): string {
    return 'ok';
  }
}

@Controller({ path: 'orders', version: '2' })
class VersionedController {
  @All(['new/:n', 'old/:n'])
  @TraceWebhook()
  receive(): string {
    return 'ok';
  }

  @Get()
  @Version('3')
  @TraceWebhook()
  list(): string {
    return 'ok';
  }
}

@Controller({ path: 'webhook-host', host: 'bot.example' })
class HostController {
  @Post(':name')
  @HttpCode(200)
  receive(): string {
    return 'host';
  }
}

@Controller('webhook-host')
class AnyHostController {
  @Post(':any')
  @HttpCode(200)
  receive(): string {
    return 'any';
  }
}

abstract class Base {
  @Post(':inherited')
  @HttpCode(200)
  receive(): string {
    return 'ok';
  }
}

@Controller('webhook-one')
@TraceWebhook()
class OneController extends Base {}

@Controller('webhook-two')
class TwoController extends Base {}

describe.each(ADAPTERS)('the matched route of a request, on %s', (adapter) => {
  let app: RunningApp;
  afterEach(() => app?.close());
  afterAll(removeTemporaryDirectories);

  const routeOf = async (response: Response): Promise<unknown[]> => {
    expect(response.status).toBeLessThan(500);
    const id = response.headers.get('x-trace-id');
    const { webhook } = await app.endedTrace(id!);
    return [webhook.method, webhook.path, webhook.route];
  };

  it('is the declared path, with prefix and parameters', async () => {
    const controllers = [IdController, OneController, TwoController];
    await startWith({
      controllers,
      configure: (host) =>
        host.setGlobalPrefix(':tenant', {
          exclude: ['debug/{*rest}', { path: 'webhook/:id', method: RequestMethod.POST }],
        }),
    });
    expect(await routeOf(await app.post('/webhook/17?a=1', {}))).toEqual(['POST', '/webhook/17?a=1', '/webhook/:id']);
    expect(await routeOf(await app.post('/acme/webhook/17/status/read', {}))).toEqual([
      'POST',
      '/acme/webhook/17/status/read',
      '/:tenant/webhook/:id/status/:state',
    ]);
    // A handler of two controllers, whose decorators disagree.
    for (const name of ['one', 'two'])
      expect(await routeOf(await app.post(`/acme/webhook-${name}/x`, {}))).toEqual([
        'POST',
        `/acme/webhook-${name}/x`,
        `/:tenant/webhook-${name}/:inherited`,
      ]);
  });

  it.each([
    [VersioningType.URI, {}, '/v2/orders/old/5', '/v2/orders/old/:n', '/v3/orders', '/v3/orders'],
    [VersioningType.HEADER, { header: 'x-v' }, '/orders/old/5', '/orders/old/:n', '/orders', '/orders'],
  ])('has the version of the path: %s', async (type, given, path, route, list, listRoute) => {
    await startWith({
      controllers: [VersionedController],
      configure: (host) => host.enableVersioning({ type, ...given } as never),
    });
    expect(await routeOf(await app.post(path, {}, { 'x-v': '2' }))).toEqual(['POST', path, route]);
    const response = await fetch(app.url + list, { headers: { 'x-v': '3' } });
    expect(await routeOf(response)).toEqual(['GET', list, listRoute]);
  });

  // Fastify refuses two handlers of one path.
  (adapter === 'express' ? it : it.skip)(
    'is that of the handler that ran, where another declined its host',
    async () => {
      await startWith({ controllers: [HostController, AnyHostController] });
      const response = await app.post('/webhook-host/x', {});
      expect(await response.clone().text()).toBe('any');
      expect(await routeOf(response)).toEqual(['POST', '/webhook-host/x', '/webhook-host/:any']);
    },
  );

  it('is known where a middleware recorded something before the router chose', async () => {
    await startWith({
      controllers: [IdController],
      configure: (host) =>
        host.use((_request: unknown, _response: unknown, next: () => void) => {
          traceEvent('early', {});
          next();
        }),
    });
    expect(await routeOf(await app.post('/webhook/17', {}))).toEqual(['POST', '/webhook/17', '/webhook/:id']);
  });

  it('is none where no route took the request', async () => {
    await startWith({ controllers: [IdController] });
    const response = await app.post('/webhook/a/b/c/d', {});
    expect(response.status).toBe(404);
    const { webhook } = await app.endedTrace(response.headers.get('x-trace-id')!);
    expect(webhook).toMatchObject({ path: '/webhook/a/b/c/d' });
    expect(webhook).not.toHaveProperty('route');
  });

  it('is http.route of the exported span, and is shown beside the path', async () => {
    await startWith({ controllers: [IdController] });
    const response = await app.post('/webhook/17', {});
    const id = response.headers.get('x-trace-id')!;
    await app.endedTrace(id);
    const { resourceSpans } = await app.debug(`/trace/${id}/otlp`);
    const [root] = resourceSpans[0].scopeSpans[0].spans;
    expect(root).toMatchObject({ name: 'POST /webhook/:id', kind: 2 });
    expect(root.attributes).toContainEqual({ key: 'http.route', value: { stringValue: '/webhook/:id' } });
    expect(root.attributes).toContainEqual({ key: 'url.path', value: { stringValue: '/webhook/17' } });
    expect(await app.callTool('get_trace', { trace_id: id })).toContain(String.raw`\"http_route\":\"/webhook/:id\"`);
    const markdown = await runCli(['trace', id, '--url', `${app.url}/debug`, '--md']);
    expect(markdown.stdout).toContain('Webhook: `POST /webhook/17 (route /webhook/:id)`');
    const human = await runCli(['trace', id, '--url', `${app.url}/debug`]);
    expect(human.stdout).toMatch(/POST \/webhook\/17 \(route \/webhook\/:id, /);
  });

  async function startWith(parts: Parameters<typeof startApp>[0]): Promise<void> {
    app = await startApp({ adapter, ...parts });
  }
});
