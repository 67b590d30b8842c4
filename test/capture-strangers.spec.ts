import { mkdtempSync, rmSync } from 'node:fs';
import { request as send } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  type ArgumentsHost,
  Body,
  type CallHandler,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  Inject,
  Injectable,
  type MiddlewareConsumer,
  Module,
  type NestInterceptor,
  Options,
  Post,
  Res,
  Scope,
  UseFilters,
  UseInterceptors,
} from '@nestjs/common';
import {
  ContextIdFactory,
  type ContextId,
  type ContextIdStrategy,
  type HostComponentInfo,
  REQUEST,
} from '@nestjs/core';
import { currentTrace, traceEvent, Traced, traceReply } from 'nestjs-trace-collector';
import { catchError, type Observable, of } from 'rxjs';
import { ADAPTERS, type RunningApp, startApp } from './support/nest-app.js';

const types = (trace: any): string[] => trace.events.map((event: any) => event.type);
const spans = (trace: any): string[] =>
  trace.events.filter((event: any) => event.span_id && event.name).map((e: any) => e.name);

@Traced({ kind: 'tool' })
class BaseDesk {
  look(what: string): string {
    return this.describe(what);
  }

  protected describe(what: string): string {
    return `base ${what}`;
  }
}

/** One per request; an instance method replaces a traced one. */
@Injectable({ scope: Scope.REQUEST })
class RequestDesk extends BaseDesk {
  constructor(@Inject(REQUEST) private readonly request: { body: { contactId: string } }) {
    super();
  }

  @Traced({ name: 'own_look' })
  override look(what: string): string {
    return `${super.look(what)} for ${this.request.body.contactId}`;
  }
}

/** One per tenant. */
@Injectable({ scope: Scope.REQUEST, durable: true })
class TenantDesk {
  private calls = 0;

  @Traced()
  count(): { calls: number; contact: string | undefined } {
    this.calls += 1;
    return { calls: this.calls, contact: currentTrace()?.contactId };
  }
}

class ByTenant implements ContextIdStrategy {
  private readonly tenants = new Map<string, ContextId>();

  attach(contextId: ContextId, request: { headers: Record<string, string> }) {
    const tenant = request.headers['x-tenant'];
    if (!tenant) return undefined;
    const subtree = this.tenants.get(tenant) ?? ContextIdFactory.create();
    this.tenants.set(tenant, subtree);
    return {
      resolve: (info: HostComponentInfo) => (info.isTreeDurable ? subtree : contextId),
      payload: { tenant },
    };
  }
}

class SwallowInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(catchError(() => of({ swallowed: true })));
  }
}

/** Answers twice: the framework refuses the second answer, or ignores it. */
@Catch()
class TwiceFilter implements ExceptionFilter {
  catch(_error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<{ status(code: number): { send(body: unknown): void } }>();
    response.status(418).send({ message: 'first' });
    try {
      response.status(500).send({ message: 'second' });
    } catch {
      // As an application would.
    }
  }
}

@Controller('webhook')
class StrangeController {
  @Traced({ name: 'letters' })
  private async *letters(): AsyncGenerator<string> {
    try {
      for (const letter of 'abcdef') yield letter;
    } finally {
      traceEvent('letters_left');
    }
  }

  @Post('generator')
  async generator(): Promise<string> {
    for await (const letter of this.letters()) if (letter === 'c') return letter;
    return '';
  }

  @Post('swallowed')
  @UseInterceptors(SwallowInterceptor)
  swallowed(): never {
    throw new Error('nobody shall know');
  }

  @Post('twice')
  @UseFilters(TwiceFilter)
  twice(): never {
    throw new Error('answered twice');
  }

  @Post('passthrough')
  passthrough(@Res({ passthrough: true }) response: { header(name: string, value: string): void }): { ok: true } {
    response.header('x-own', 'yes');
    return { ok: true };
  }

  @Post('form')
  form(@Body() body: Record<string, string>): { from: string | undefined } {
    return { from: body.From };
  }

  @Post('plain')
  plain(@Body() body: { contactId?: string } | undefined): { contact: string | undefined } {
    traceReply('hola');
    return { contact: body?.contactId };
  }

  @Get('plain')
  get(): string {
    return 'ok';
  }

  @Options('plain')
  options(): string {
    return '';
  }

  static arrived: () => void = () => undefined;
  static go: Promise<void> = Promise.resolve();

  @Post('held')
  async held(): Promise<string> {
    StrangeController.arrived();
    await StrangeController.go;
    traceEvent('went_on');
    return 'done';
  }
}

@Controller('webhook')
class ScopedController {
  constructor(private readonly desk: RequestDesk) {}

  @Post('scoped')
  scoped(): { seen: string } {
    return { seen: this.desk.look('calendar') };
  }
}

@Controller('webhook')
class DurableController {
  constructor(private readonly desk: TenantDesk) {}

  @Post('durable')
  durable() {
    return this.desk.count();
  }
}

@Module({})
class MiddlewareModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer
      .apply((_request: unknown, _response: unknown, next: () => void) => {
        traceEvent('middleware', { contact: currentTrace()?.contactId });
        next();
      })
      .exclude('webhook/form')
      .forRoutes('*path');
  }
}

describe.each(ADAPTERS)('other people’s applications on %s', (adapter) => {
  let app: RunningApp;
  const start = () =>
    startApp({
      adapter,
      controllers: [StrangeController, ScopedController, DurableController],
      providers: [RequestDesk, TenantDesk],
      imports: [MiddlewareModule],
    });
  beforeAll(async () => {
    ContextIdFactory.apply(new ByTenant());
    app = await start();
  });
  afterAll(() => app.close());

  const json = async (response: Promise<Response>): Promise<any> => (await response).json();

  it('request-scoped providers, a class-level @Traced below an overridden method', async () => {
    const answers = await Promise.all(
      ['s-1', 's-2'].map((contactId) => json(app.post('/webhook/scoped', { contactId }))),
    );
    expect(answers).toEqual([{ seen: 'base calendar for s-1' }, { seen: 'base calendar for s-2' }]);
    for (const contact of ['s-1', 's-2']) {
      const trace = await app.ended(contact);
      expect(spans(trace)).toEqual(['own_look', 'BaseDesk.look', 'RequestDesk.describe']);
      const [own, look, described] = trace.events.filter((event: any) => event.span_id && event.name);
      expect([look.parent_span_id, described.parent_span_id]).toEqual([own.span_id, look.span_id]);
    }
  });

  it('durable providers: one instance for a tenant, each call in the trace of its request', async () => {
    const answers: unknown[] = [];
    for (const contactId of ['d-1', 'd-2']) {
      answers.push(await json(app.post('/webhook/durable', { contactId }, { 'x-tenant': 'one' })));
    }
    expect(answers).toEqual([
      { calls: 1, contact: 'd-1' },
      { calls: 2, contact: 'd-2' },
    ]);
    expect(spans(await app.ended('d-2'))).toEqual(['TenantDesk.count']);
  });

  it('an async generator that is left in the middle', async () => {
    expect(await (await app.post('/webhook/generator', { contactId: 'gen' })).text()).toBe('c');
    const trace = await app.ended('gen');
    expect(types(trace)).toContain('letters_left');
    expect(trace.events.find((event: any) => event.name === 'letters')).toMatchObject({
      duration_ms: expect.any(Number),
    });
    expect(trace).toMatchObject({ status: 'completed', errors: [] });
  });

  it('an interceptor that swallows an exception of the handler', async () => {
    expect(await json(app.post('/webhook/swallowed', { contactId: 'sw' }))).toEqual({ swallowed: true });
    const trace = await app.ended('sw');
    expect(trace).toMatchObject({ status: 'error', webhook: { status_code: 201 } });
    expect(trace.errors).toMatchObject([{ message: 'nobody shall know' }]);
    expect(trace.debug_hints.join()).toContain('nobody shall know');
  });

  it('an exception filter that answers twice', async () => {
    const response = await app.post('/webhook/twice', { contactId: 'tw' });
    expect([response.status, await response.json()]).toEqual([418, { message: 'first' }]);
    const trace = await app.ended('tw');
    expect(trace).toMatchObject({
      status: 'error',
      webhook: { status_code: 418 },
      errors: [{ message: 'answered twice' }],
    });
  });

  it('@Res({ passthrough: true })', async () => {
    const response = await app.post('/webhook/passthrough', { contactId: 'pt' });
    expect([response.headers.get('x-own'), await response.json()]).toEqual(['yes', { ok: true }]);
    expect(await app.ended('pt')).toMatchObject({ status: 'completed', errors: [] });
  });

  it('middleware of a module, with its excluded routes', async () => {
    await app.post('/webhook/plain', { contactId: 'mw' });
    const trace = await app.ended('mw');
    expect(trace.events.find((event: any) => event.type === 'middleware').data).toEqual(
      expect.objectContaining({ contact: expect.stringMatching(/^(mw|unknown)$/) }),
    );
  });

  it('a form from Twilio, outside that middleware', async () => {
    const response = await fetch(`${app.url}/webhook/form`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        AccountSid: 'AC1',
        MessageSid: 'SM1',
        From: '+15550001111',
        To: '+15552223333',
        Body: 'hola',
      }).toString(),
    });
    expect(await response.json()).toEqual({ from: '+15550001111' });
    const trace = await app.debug(`/trace/${response.headers.get('x-trace-id')}`);
    expect(trace).toMatchObject({ contact_id: '+15550001111', webhook_message: 'hola', webhook: { type: 'message' } });
    expect(types(trace)).not.toContain('middleware');
  });

  it('a compressed body', async () => {
    const response = await fetch(`${app.url}/webhook/plain`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: gzipSync('{"contactId":"gz","body":"hola"}'),
    });
    // Fastify reads none without a plugin; its error is in the trace.
    const id = response.headers.get('x-trace-id')!;
    await app.ended(id.split('_')[0]!);
    const trace = await app.debug(`/trace/${id}`);
    if (adapter === 'express') expect(trace).toMatchObject({ contact_id: 'gz', status: 'completed' });
    else expect(trace).toMatchObject({ status: 'error', webhook: { status_code: response.status } });
  });

  it.each(['HEAD', 'OPTIONS'])('%s', async (method) => {
    const response = await fetch(`${app.url}/webhook/plain`, { method });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-trace-id')).toMatch(/^unknown_/);
  });

  it('answers a client that waits for 100-continue', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const body = '{"contactId":"cont"}';
      const headers = { 'content-type': 'application/json', 'content-length': body.length, expect: '100-continue' };
      const request = send(`${app.url}/webhook/plain`, { method: 'POST', headers }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      });
      request.on('error', reject).on('continue', () => request.end(body));
      request.flushHeaders();
    });
    expect(status).toBe(201);
    expect(await app.ended('cont')).toMatchObject({ status: 'completed' });
  });

  it('app.close() while a request runs: it is answered, and its trace is complete', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'trace-closing-'));
    const parts = { adapter, dir, controllers: [StrangeController], nest: { forceCloseConnections: false } };
    const closing = await startApp(parts);
    const arrived = new Promise<void>((resolve) => (StrangeController.arrived = resolve));
    let go: () => void = () => undefined;
    StrangeController.go = new Promise((resolve) => (go = resolve));
    const answer = closing.post('/webhook/held', { contactId: 'held' }, { connection: 'close' });
    await arrived;
    const closed = closing.close();
    go();
    expect(await (await answer).text()).toBe('done');
    await closed;
    const later = await startApp({ ...parts, nest: {} });
    const trace = await later.ended('held');
    // Answered, and shut down before its quiet time was over: whether more would follow is unknown.
    expect(trace).toMatchObject({ status: 'interrupted', webhook: { status_code: 201 } });
    expect(types(trace)).toContain('went_on');
    await later.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('records no internal failure', async () => {
    expect((await app.debug('/health')).self_errors).toBe(0);
  });
});
