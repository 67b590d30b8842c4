import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import {
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  type INestApplication,
  Injectable,
  type MiddlewareConsumer,
  Module,
  type NestInterceptor,
  type NestMiddleware,
  Param,
  type PipeTransform,
  Post,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { CurrentTrace, currentTrace, NoTrace, traceEvent, TraceWebhook } from 'nestjs-trace-collector';
import { rows, serverOf, startTableApp, type TableApp, type TableParts } from './support/route-table.js';

const load = createRequire(import.meta.url);
const express: any = load('express');
const ADAPTERS = ['express', 'fastify'] as const;
type AdapterName = (typeof ADAPTERS)[number];
const adapterOf = (name: AdapterName, options: any = {}) =>
  name === 'express' ? new ExpressAdapter() : new FastifyAdapter(options);

async function withApp(parts: TableParts, use: (app: TableApp) => Promise<void>): Promise<void> {
  const app = await startTableApp(parts);
  try {
    await use(app);
  } finally {
    await app.close();
  }
}

const send = (app: TableApp, line: string, body = '{"contactId":"c","message":"m"}') => app.send(rows(line)[0]!, body);

@Controller('webhook')
class Webhooks {
  @Post('quiet')
  @NoTrace()
  quiet(): string {
    return `quiet ${currentTrace() === undefined}`;
  }

  @Post()
  take(): string {
    return 'traced';
  }
}

@Controller('inbox')
class Inbox {
  @Post()
  @TraceWebhook({ type: 'inbox', message: () => 'from the decorator' })
  take(): string {
    return 'traced';
  }
}

describe('before the router has decided', () => {
  const marking = (app: INestApplication): void =>
    void app.use((request: any, _response: unknown, next: () => void) => {
      traceEvent('in_middleware', { url: request.url });
      next();
    });

  it('an event of a middleware is on disk at once; a @NoTrace() route adds nothing else', () =>
    withApp(
      {
        adapter: adapterOf('express'),
        controllers: [Webhooks],
        configure: (app) => {
          marking(app);
          app.use((request: any, _response: unknown, next: () => void) => {
            request.url = request.url.replace('/webhook/old', '/webhook/quiet');
            next();
          });
        },
      },
      async (app) => {
        const { text, traceId } = await send(app, 'POST /webhook/old', '{"contactId":"c","message":"iban ES91"}');
        expect([text, traceId]).toEqual(['quiet true', undefined]);
        const journal = app.journal();
        expect(journal).toContain('in_middleware');
        expect(journal).not.toContain('ES91');
        expect(journal).not.toContain('"kind":"identify"');
      },
    ));

  it('an event of a middleware is first in the trace of a route that is traced', () =>
    withApp({ adapter: adapterOf('express'), controllers: [Webhooks], configure: marking }, async (app) => {
      const { traceId } = await send(app, 'POST /webhook');
      expect((await app.trace(traceId!)).events.map((event: any) => event.type)).toEqual(
        expect.arrayContaining(['in_middleware', 'webhook_received']),
      );
    }));

  it.each(ADAPTERS)('a trace that opens late begins when the request arrived, on %s', (adapter) =>
    withApp(
      {
        adapter: adapterOf(adapter, { rewriteUrl: ({ url }: { url: string }) => url }),
        controllers: [Inbox],
        configure: (app) =>
          void app.use((request: any, _response: unknown, next: () => void) => {
            request.url = request.url.replace('/elsewhere', '/inbox');
            setTimeout(next, 60);
          }),
      },
      async (app) => {
        if (adapter === 'fastify') return;
        const before = Date.now();
        const { traceId } = await send(app, 'POST /elsewhere');
        const trace = await app.trace(traceId!);
        expect(Date.parse(trace.started_at) - before).toBeLessThan(50);
        expect(trace.webhook).toMatchObject({ path: '/elsewhere', type: 'inbox' });
        expect(trace.webhook.acknowledged_ms).toBeGreaterThanOrEqual(55);
        expect(trace.webhook_message).toBe('from the decorator');
      },
    ),
  );

  it.each(ADAPTERS)('a request that reached no handler is recorded as an error, on %s', (adapter) =>
    withApp(
      {
        adapter: adapterOf(adapter),
        controllers: [Webhooks, Inbox],
        configure: (app) =>
          void app.use((request: any, response: any, next: () => void) => {
            if (!request.headers['x-refuse']) return next();
            response.statusCode = 401;
            response.end('no');
          }),
      },
      async (app) => {
        for (const [line, body, status] of [
          ['POST /webhook', '{"contactId":', 400],
          ['POST /inbox', '{"contactId":', 400],
          ['POST /webhook/nowhere', '{}', 404],
          ['POST /webhook | x-refuse: 1', '{}', 401],
        ] as const) {
          const answer = await send(app, line, body);
          expect([line, answer.status, answer.traceId === undefined]).toEqual([line, status, false]);
          const trace = await app.trace(answer.traceId!);
          expect([trace.status, trace.webhook.status_code]).toEqual(['error', status]);
        }
        // A @NoTrace() route leaves nothing, not even that its body was malformed.
        expect((await send(app, 'POST /webhook/quiet', '{"iban ES91')).traceId).toBeUndefined();
        expect((await send(app, 'POST http://h/webhook/quiet', '{"iban ES91')).traceId).toBeUndefined();
        expect(app.journal()).not.toContain('ES91');
      },
    ),
  );

  it('nothing is kept of a request that may be for a @NoTrace() host, where no handler was reached', async () => {
    @Controller({ host: 'cards.example.com', path: 'webhook' })
    @NoTrace()
    class Cards {
      @Post('cards')
      take(): string {
        return 'quiet';
      }
    }
    await withApp({ adapter: adapterOf('express'), controllers: [Cards, Webhooks] }, async (app) => {
      const line = 'POST /webhook/cards | host: proxy | x-forwarded-host: cards.example.com';
      expect(await send(app, line, '{"iban ES91')).toMatchObject({ status: 400, traceId: undefined });
      expect(await app.count()).toBe(0);
    });
  });
});

describe.each(ADAPTERS)('a predicate in capture.routes, on %s', (adapter) => {
  const asked: unknown[] = [];
  const options = {
    capture: {
      routes: [
        (request: any) => {
          asked.push(request.body?.message);
          return request.body?.message === 'yes' || request.headers['x-take'] === '1';
        },
      ],
    },
  };
  @Controller('any')
  class Any {
    @Post()
    take(): string {
      return 'taken';
    }

    @Post('quiet')
    @NoTrace()
    quiet(): string {
      return 'quiet';
    }
  }

  it('is called once, when the route is known and the body is parsed', () =>
    withApp({ adapter: adapterOf(adapter), controllers: [Any, Inbox], options }, async (app) => {
      const recorded = async (line: string, body: string) => (await send(app, line, body)).traceId !== undefined;
      asked.length = 0;
      expect(await recorded('POST /any', '{"message":"yes"}')).toBe(true);
      expect(await recorded('POST /any', '{"message":"no"}')).toBe(false);
      expect(await recorded('POST /any/quiet', '{"message":"yes"}')).toBe(false);
      expect(await recorded('POST /inbox', '{"message":"no"}')).toBe(true);
      expect(asked).toEqual(['yes', 'no']);
      // Without a handler it is called when the request has ended.
      await send(app, 'POST /nowhere | x-take: 1');
      expect(asked).toEqual(['yes', 'no', 'm']);
      expect(await app.count()).toBe(3);
    }));
});

describe('the context after a middleware that lost it', () => {
  const seen: Record<string, boolean> = {};
  const note = (place: string): void => {
    seen[place] = currentTrace() !== undefined;
    traceEvent(place);
  };
  const pool = new EventEmitter();
  let ticks: NodeJS.Timeout;
  // The pool's timer belongs to no request.
  beforeAll(() => void (ticks = setInterval(() => pool.emit('tick'), 5)));
  afterAll(() => clearInterval(ticks));

  class Guard implements CanActivate {
    canActivate(): boolean {
      note('guard');
      return true;
    }
  }
  class Interceptor implements NestInterceptor {
    intercept(_context: ExecutionContext, next: CallHandler) {
      note('interceptor');
      return next.handle();
    }
  }
  class Pipe implements PipeTransform {
    transform(value: unknown): unknown {
      note('pipe');
      return value;
    }
  }
  @Catch()
  class Filter implements ExceptionFilter {
    catch(_error: unknown, host: ArgumentsHost): void {
      note('filter');
      const response = host.switchToHttp().getResponse();
      (response.status(418) as { send(text: string): void }).send('filtered');
    }
  }
  @Injectable()
  class Middleware implements NestMiddleware {
    use(_request: unknown, _response: unknown, next: () => void): void {
      note('middleware');
      next();
    }
  }
  @Controller('webhook')
  @UseGuards(Guard)
  @UseInterceptors(Interceptor)
  @UseFilters(Filter)
  class Lost {
    @Post('fails')
    fails(): never {
      throw new Error('broken');
    }

    @Post(':id')
    take(@Param('id', Pipe) _id: string, @CurrentTrace() trace: unknown): string {
      note('handler');
      return `param ${trace !== undefined}`;
    }
  }
  @Module({ controllers: [Lost] })
  class LostModule {
    configure(consumer: MiddlewareConsumer): void {
      consumer.apply(Middleware).forRoutes('*path');
    }
  }

  it.each(ADAPTERS)('is restored for everything that Nest calls, on %s', (adapter) =>
    withApp(
      {
        adapter: adapterOf(adapter),
        imports: [LostModule],
        configure: (app) =>
          void (adapter === 'express'
            ? app.use((_request: unknown, _response: unknown, next: () => void) => pool.once('tick', () => next()))
            : app
                .getHttpAdapter()
                .getInstance()
                .addHook('preHandler', (_request: unknown, _reply: unknown, done: () => void) =>
                  pool.once('tick', () => done()),
                )),
      },
      async (app) => {
        for (const key of Object.keys(seen)) delete seen[key];
        expect((await send(app, 'POST /webhook/7')).text).toBe('param true');
        expect((await send(app, 'POST /webhook/fails')).text).toBe('filtered');
        expect(seen).toEqual({
          middleware: true,
          guard: true,
          interceptor: true,
          pipe: true,
          handler: true,
          filter: true,
        });
      },
    ),
  );
});

describe('below another server', () => {
  it('fastify’s routing as the handler of an Express path', () =>
    withApp(
      {
        adapter: adapterOf('fastify'),
        controllers: [Webhooks, Inbox],
        mount: async (app) => {
          const instance = app.getHttpAdapter().getInstance();
          await instance.ready();
          return serverOf(express().use('/api', (request: any, response: any) => instance.routing(request, response)));
        },
      },
      async (app) => {
        expect((await send(app, 'POST /api/webhook')).traceId).toBeDefined();
        expect((await send(app, 'POST /api/webhook/quiet')).traceId).toBeUndefined();
        expect((await send(app, 'POST /api/inbox')).traceId).toBeDefined();
      },
    ));
});
