import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, type INestApplication, Post } from '@nestjs/common';
import { APP_GUARD, ExternalContextCreator } from '@nestjs/core';
import { ADAPTERS, type RunningApp, startApp } from './support/nest-app.js';
import {
  AnswersOk,
  FlowController,
  GlobalGuard,
  LeadGone,
  ModuleGuard,
  RefusingController,
  SignatureGuard,
  TenantController,
  TenantGuard,
} from './support/refusing.controllers.js';

/** The response records of a trace, without details of their proof. */
function responsesIn(dir: string): any[] {
  const journal = join(dir, 'journal');
  const lines = readdirSync(journal).flatMap((file) => readFileSync(join(journal, file), 'utf8').split('\n'));
  return lines
    .filter((line) => line.includes('"kind":"response"'))
    .map((line) => JSON.parse(line.slice(line.indexOf('{'))));
}

let external: (name: string) => Promise<unknown>;

/**
 * Calls resolvers as @nestjs/graphql does, answers 200, and puts their errors into `errors`.
 */
@Controller('webhook')
class GraphqlController {
  @Post('graphql')
  async take(): Promise<unknown> {
    const errors = [];
    for (const field of ['book', 'secret']) {
      await external(field).catch((error: Error) => errors.push({ message: error.message, path: [field] }));
    }
    errors.push({ message: 'loader down', path: ['leads', 0, 'name'], extensions: { code: 'LOADER' } });
    return { data: null, errors };
  }
}

class Resolver {
  book(): never {
    throw new Error('calendar down');
  }
  secret(): void {}
}

function resolvers(app: INestApplication): (name: string) => Promise<unknown> {
  Reflect.defineMetadata('__guards__', [SignatureGuard], Resolver.prototype.secret);
  const resolver = app.get(Resolver);
  return (name) => {
    const method = resolver[name as 'book'];
    const call = app
      .get(ExternalContextCreator)
      .create(resolver, method, name, undefined, undefined, undefined, undefined, undefined, 'graphql');
    return call(undefined, {}, {}, { parentType: { name: 'Mutation' }, fieldName: name });
  };
}

describe.each(ADAPTERS)('errors on %s', (adapter) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp({
      adapter,
      controllers: [RefusingController, TenantController, FlowController, GraphqlController],
      providers: [{ provide: APP_GUARD, useClass: ModuleGuard }, Resolver, TenantGuard],
      options: {
        capture: { ignoreErrors: [LeadGone, 'SkipMessage', (error) => error === 'stop here'] },
      },
      configure: (nest) => {
        nest.useGlobalGuards(new GlobalGuard());
        nest.use('/webhook/middleware', (_request: unknown, _response: unknown, next: (error: Error) => void) =>
          next(new Error('the middleware refuses')),
        );
        nest.useGlobalFilters(new AnswersOk());
      },
    });
    external = resolvers(app.app);
  });
  afterAll(() => app.close());

  const send = async (path: string, contactId: string): Promise<{ status: number; trace: any }> => {
    const response = await app.post(`/webhook/${path}`, { contactId, body: 'x', query: 'mutation { book secret }' });
    await response.text();
    return { status: response.status, trace: await app.ended(contactId) };
  };

  it.each([
    [
      'a guard of the method that throws',
      'thrown',
      'method-guard',
      'UnauthorizedException',
      'bad signature',
      'SignatureGuard',
    ],
    [
      'a guard of the controller that returns false',
      'tenant',
      'class-guard',
      'ForbiddenException',
      'Forbidden resource',
      'TenantGuard',
    ],
    ['an APP_GUARD that rejects', 'open', 'app-guard', 'ForbiddenException', 'not yours', 'ModuleGuard'],
    [
      'a global guard whose Observable emits false',
      'open',
      'global-guard',
      'ForbiddenException',
      'Forbidden resource',
      'GlobalGuard',
    ],
    ['a pipe', 'pipe', 'pipe', 'BadRequestException', 'Bad Request Exception', undefined],
    ['an interceptor', 'interceptor', 'interceptor', 'Error', 'no interceptor today', undefined],
    [
      'a handler whose guard calls one that refuses',
      'either',
      'either',
      'ForbiddenException',
      'of the handler',
      undefined,
    ],
  ])('%s is an error, although a filter answers 200', async (_what, path, contact, type, message, guard) => {
    const { status, trace } = await send(path, contact);
    expect(status).toBe(200);
    expect(trace).toMatchObject({ status: 'error', webhook: { status_code: 200 } });
    expect(trace.errors).toHaveLength(1);
    expect(trace.errors[0]).toMatchObject({
      type,
      message,
      ...(guard && { guard, location: `POST /webhook/${path}` }),
    });
    expect(trace.errors[0].guard).toBe(guard);
    expect(trace.errors[0]).not.toHaveProperty('after_response');
    expect(responsesIn(app.dir).at(-1)).toMatchObject({ status: 200, error: message });
    if (path === 'pipe') {
      expect(trace.errors[0].detail.reasons).toEqual(['age must be a number', 'name should not be empty']);
    }
  });

  it('a middleware that fails is an error, although a filter answers 200', async () => {
    const response = await app.post('/webhook/middleware', { contactId: 'middleware' });
    expect(response.status).toBe(200);
    const trace = await app.endedTrace(response.headers.get('x-trace-id')!);
    expect(trace).toMatchObject({ status: 'error', errors: [{ message: 'the middleware refuses' }] });
  });

  it('a handler that throws after its answer', async () => {
    const { status, trace } = await send('flow/late', 'late');
    expect(status).toBe(202);
    expect(trace.errors).toMatchObject([
      { location: 'FlowController.late', message: 'after the answer', after_response: true },
    ]);
  });

  it("resolvers of GraphQL that throw, are guarded, or run outside Nest's layers", async () => {
    const { status, trace } = await send('graphql', 'graphql');
    expect(status).toBe(201);
    expect(trace.status).toBe('error');
    expect(trace.errors.map(({ location, message, guard }: any) => [location, message, guard])).toEqual([
      ['Resolver.book', 'calendar down', undefined],
      ['Mutation.secret', 'bad signature', 'SignatureGuard'],
      ['GraphQL leads.0.name', 'loader down', undefined],
    ]);
    expect(trace.errors[2]).toMatchObject({ type: 'GraphQLError', detail: { code: 'LOADER' } });
  });

  it.each(
    'status-200 status-304 delayed interrupt bullmq-rate abort canceled by-class by-name by-predicate'.split(' '),
  )('%s is control flow', async (kind) => {
    const { trace } = await send('flow', kind);
    expect(trace).toMatchObject({ status: 'completed', errors: [] });
    const flow = trace.events.filter((event: any) => event.type === 'control_flow');
    expect(flow).toMatchObject([{ data: { location: 'inner', type: expect.any(String), reason: expect.any(String) } }]);
    const spans = trace.events.filter((event: any) => event.span_id && event.name);
    expect(spans.map(({ name, data }: any) => [name, data.outcome])).toEqual([
      ['outer', 'cancelled'],
      ['inner', 'cancelled'],
    ]);
  });

  it('an HttpException below 400 that reaches the response is control flow too', async () => {
    const { trace } = await send('flow/uncaught', 'uncaught-status-200');
    expect(trace).toMatchObject({ status: 'completed', errors: [] });
    expect(trace.events.find((event: any) => event.type === 'control_flow').data).toEqual({
      location: 'FlowController.uncaught',
      type: 'HttpException',
      message: 'Http Exception',
      reason: 'HTTP status 200',
    });
  });

  it.each('timeout timeout-inside rate-limit unrecoverable status-400'.split(' '))('%s is an error', async (kind) => {
    const { trace } = await send('flow', kind);
    expect(trace.status).toBe('error');
    expect(trace.errors).toHaveLength(1);
    expect(trace.errors[0].location).toBe('inner');
  });
});

it.each([
  ['not a rule', 7],
  ['an empty name', ['']],
  ['an object', [{ name: 'X' }]],
])('capture.ignoreErrors refuses %s', async (_what, ignoreErrors) => {
  await expect(startApp({ options: { capture: { ignoreErrors: ignoreErrors as never } } })).rejects.toThrow(
    /capture\.ignoreErrors(?:\[0\])?` is .*allowed: error classes, names of errors/,
  );
});
