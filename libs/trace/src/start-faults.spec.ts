import http from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import {
  Body,
  Controller,
  type DynamicModule,
  HttpException,
  type INestApplication,
  type LoggerService,
  Module,
  Post,
  type Type,
} from '@nestjs/common';
import { LazyModuleLoader, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { createDebugControllers } from './debug/debug.controllers.js';
import type { OwnProvider } from './guarded-provider.js';
import { MemoryStore } from './store/memory/memory-store.js';
import { keepingIn } from '../../../test/support/keeping-in.js';
import { temporaryDirectory } from '../../../test/support/cli-run.js';
import { defineModule, TraceModule } from './trace.module.js';
import { ownProviders } from './trace.providers.js';
import { TraceService } from './trace.service.js';
import { GIVEN_OPTIONS, ROOT_MARK, START } from './trace.tokens.js';

const HOOKS = ['onModuleInit', 'onApplicationBootstrap'] as const;
const END_HOOKS = ['onModuleDestroy', 'beforeApplicationShutdown', 'onApplicationShutdown'] as const;
const REPORT =
  /^Recording is off, because (\S+|installing capture) failed when the application started: Error: planted/;

@Controller('webhook')
class Hook {
  @Post()
  take(@Body() body: { fail?: boolean }) {
    if (body.fail) throw new HttpException('no', 418);
    return { ok: true };
  }
}

class Lines implements LoggerService {
  readonly ours: string[] = [];
  log = (message: unknown, context?: string) => this.note('log', message, context);
  warn = (message: unknown, context?: string) => this.note('warn', message, context);
  error = (message: unknown, ...rest: unknown[]) => this.note('error', message, rest.at(-1) as string);
  fatal = this.error;

  private note(level: string, message: unknown, context?: string): void {
    if (context === 'TraceModule' || level === 'error') this.ours.push(`${level} ${String(message)}`);
  }
}

type AdapterName = 'express' | 'fastify';
const open: INestApplication[] = [];
afterEach(async () => {
  for (const app of open.splice(0)) await app.close();
});

const newAdapter = (name: AdapterName) => (name === 'express' ? new ExpressAdapter() : new FastifyAdapter());

async function start(module: DynamicModule | undefined, adapter: AdapterName = 'express') {
  @Module({ imports: module ? [module] : [], controllers: [Hook] })
  class App {}
  const lines = new Lines();
  const app = await NestFactory.create(App, newAdapter(adapter) as ExpressAdapter, {
    logger: lines,
    abortOnError: false,
    forceCloseConnections: true,
  });
  open.push(app);
  await app.listen(0, '127.0.0.1');
  return { app, lines: lines.ours, answers: await answersOf(app) };
}

/**
 * The bytes on the wire for a good webhook, a failed one, malformed JSON, an unknown path and an unknown debug path.
 */
async function answersOf(app: INestApplication): Promise<string[]> {
  const { port } = app.getHttpServer().address();
  const bodies = ['{"contactId":"ana","message":"hi"}', '{"fail":true}', '{"contactId":'];
  const requests = bodies
    .map((body) => post('/webhook', body))
    .concat(post('/webhook/none', '{}'), post('/none', '{}'));
  const answers: string[] = [];
  for (const request of requests) answers.push(await exchange(port, request));
  return answers;
}

const post = (path: string, body: string) =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

async function exchange(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('latin1');
  let text = '';
  socket.on('data', (chunk: string) => (text += chunk)).end(request);
  await once(socket, 'close');
  return text.replace(/^date: .*\r\n/im, '');
}

async function health(app: INestApplication): Promise<{ status: number; body: any }> {
  const { port } = app.getHttpServer().address();
  const [response] = (await once(http.get({ port, host: '127.0.0.1', path: '/debug/health' }), 'response')) as [
    http.IncomingMessage,
  ];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode!, body: JSON.parse(text) };
}

function planted(): never {
  throw new Error('planted');
}

const nameOf = (provider: OwnProvider): string => {
  const token = typeof provider === 'function' ? provider : provider.provide;
  return typeof token === 'function' ? token.name : typeof token === 'symbol' ? token.description! : String(token);
};
const NAMES = ownProviders().map(nameOf);

/** The module with a fault in its nth provider. */
function moduleWith(at: number, fault: (provider: OwnProvider) => OwnProvider): DynamicModule {
  const own = ownProviders().map((provider, i) => (i === at ? fault(provider) : provider));
  return defineModule({ provide: GIVEN_OPTIONS, useFactory: options }, { own });
}

const options = () => ({ storage: { dir: temporaryDirectory() }, debug: { access: 'loopback' } }) as never;

const throwing = (provider: OwnProvider): OwnProvider => {
  if ('useFactory' in provider) return { ...provider, useFactory: planted };
  const base = (typeof provider === 'function' ? provider : provider.useClass) as Type;
  class Throwing extends base {
    constructor(...args: unknown[]) {
      super(...args);
      planted();
    }
  }
  const rest = typeof provider === 'function' ? { provide: provider } : provider;
  return { ...rest, useClass: Throwing } as OwnProvider;
};

/** Its hooks throw, or reject. */
const withHooks =
  (hooks: readonly string[], hook: () => unknown) =>
  (provider: OwnProvider): OwnProvider => {
    const add = (made: unknown): unknown => {
      if (typeof made === 'object' && made !== null) for (const name of hooks) Object.assign(made, { [name]: hook });
      return made;
    };
    if ('useFactory' in provider) {
      const { useFactory } = provider;
      return { ...provider, useFactory: (...args: never[]) => add(useFactory(...args)) };
    }
    const base = (typeof provider === 'function' ? provider : provider.useClass) as Type;
    class Hooked extends base {
      constructor(...args: unknown[]) {
        super(...args);
        add(this);
      }
    }
    const rest = typeof provider === 'function' ? { provide: provider } : provider;
    return { ...rest, useClass: Hooked } as OwnProvider;
  };

describe.each(['express', 'fastify'] as const)('an internal fault at the start, on %s', (adapter) => {
  let plain: string[];
  beforeAll(async () => {
    const { app, answers } = await start(undefined, adapter);
    plain = answers;
    await app.close();
  });

  /**
   * Starts, answers as without the module, logs once why nothing is recorded, and reports it in health where that is
   * served.
   */
  async function isHarmless(module: DynamicModule): Promise<void> {
    const { app, lines, answers } = await start(module, adapter);
    expect(answers).toEqual(plain);
    const problems = lines.filter((line) => !line.startsWith('log '));
    expect(problems).toEqual([expect.stringMatching(/^warn Recording is off, because .* failed .*planted/)]);
    const { status, body } = await health(app);
    if (status === 200) expect(body).toMatchObject({ status: 'degraded', reasons: [expect.stringMatching(REPORT)] });
    else expect(status).toBe(404);
    expect(app.get(TraceService).runInTrace({ contactId: 'x' }, () => 5)).toBe(5);
    await app.close();
    expect(lines.filter((line) => !line.startsWith('log '))).toHaveLength(1);
  }

  it('no fault: it records, and its answers differ by a header only', async () => {
    const { app, lines, answers } = await start(moduleWith(-1, throwing), adapter);
    const without = answers.map((answer) => answer.replace(/^x-trace-id: .*\r\n/im, ''));
    expect(without).toEqual(plain);
    expect(answers.map((answer, i) => answer !== plain[i])).toEqual([true, true, true, true, false]);
    expect(lines).toEqual([
      'log Recording 1 of 1 route: POST /webhook',
      expect.stringMatching(/^log Traces: http:\/\/localhost:\d+\/debug /),
    ]);
    expect((await health(app)).body).toMatchObject({ status: 'ok', reasons: [] });
    await app.close();
  });

  it.each(NAMES)('%s cannot be created', async (name) => isHarmless(moduleWith(NAMES.indexOf(name), throwing)));

  if (adapter === 'fastify') return;

  it.each(NAMES)('%s rejects', async (name) => {
    const rejecting = (provider: OwnProvider): OwnProvider =>
      ({
        ...provider,
        provide: typeof provider === 'function' ? provider : provider.provide,
        useClass: undefined,
        inject: [],
        useFactory: async () => planted(),
      }) as never;
    await isHarmless(moduleWith(NAMES.indexOf(name), rejecting));
  });

  // Providers that are values or functions have no hooks.
  const withObjects = NAMES.filter((name) => name !== 'TRACE_RANDOM');
  it.each(withObjects)('a hook of %s throws, or rejects', async (name) => {
    const at = NAMES.indexOf(name);
    await isHarmless(moduleWith(at, withHooks([HOOKS[0]], planted)));
    await isHarmless(
      moduleWith(
        at,
        withHooks([HOOKS[1]], async () => planted()),
      ),
    );
  });

  it.each(withObjects)('a hook of %s that fails at the end does not break the shutdown', async (name) => {
    const { app, lines, answers } = await start(
      moduleWith(
        NAMES.indexOf(name),
        withHooks(END_HOOKS, async () => planted()),
      ),
      adapter,
    );
    expect(answers).toHaveLength(5);
    await app.close();
    const warnings = lines.filter((line) => line.startsWith('warn'));
    expect(warnings).toHaveLength(END_HOOKS.length);
    for (const line of warnings) expect(line).toMatch(/failed when the application was closed: Error: planted/);
  });

  const bases = createDebugControllers('debug').map(({ name }) => name);
  it.each(bases)('%s cannot be created, or its hook throws', async (name) => {
    for (const fault of ['constructor', 'hook']) {
      const base = createDebugControllers('debug').map((controller) => Object.getPrototypeOf(controller) as Type);
      const controllers = createDebugControllers(
        'debug',
        START,
        base.map((own) => (own.name === name ? broken(own, fault) : own)),
      );
      const module = moduleWith(-1, throwing);
      const providers = module.providers!.map((provider) =>
        (provider as any).provide === ROOT_MARK ? { provide: ROOT_MARK, useValue: { controllers } } : provider,
      );
      await isHarmless({ ...module, controllers, providers });
    }
  });
});

function broken(base: Type, fault: string): Type {
  const Broken = class extends base {
    constructor(...args: unknown[]) {
      super(...args);
      if (fault === 'constructor') planted();
      Object.assign(this, { onModuleInit: planted });
    }
  };
  Object.defineProperties(Broken, { length: { value: base.length }, name: { value: base.name } });
  return Broken;
}

describe('TraceModule', () => {
  it('without forRoot() logs the code to write, and the application starts', async () => {
    const { app, lines, answers } = await start(TraceModule as never);
    expect(lines).toEqual([
      expect.stringMatching(/^warn .*without forRoot\(\).*imports: \[TraceModule\.forRoot\(\)\]/),
    ]);
    expect(answers[0]).toMatch(/^HTTP\/1.1 201 (?!.*x-trace-id)/s);
    const service = app.get(TraceService, { strict: false });
    expect(service.runInTrace({}, () => 5)).toBe(5);
    await expect(service.traces()).rejects.toThrow(/TraceModule\.forRoot\(\)/);
    expect((await service.health()).reasons).toEqual([expect.stringMatching(/forRoot/)]);
    await app.close();
  });

  it('fails the start for a bad option, and for options that the application could not create', async () => {
    await expect(start(TraceModule.forRoot({ limits: { maxDepth: -1 } }))).rejects.toThrow(/limits\.maxDepth.*-1/);
    const cause = new Error('no vault');
    const useFactory = () => Promise.reject(cause);
    await expect(start(TraceModule.forRootAsync({ useFactory }))).rejects.toMatchObject({
      message: "TraceModule.forRootAsync: the application's useFactory failed: no vault",
      cause,
    });
  });

  it('imported twice records each webhook once, with the options nearest to the root', async () => {
    const [far, near] = [new MemoryStore(), new MemoryStore()];
    @Module({ imports: [keepingIn(TraceModule.forRoot(), far)] })
    class Feature {}
    @Module({ imports: [Feature] })
    class Features {}
    const module = {
      module: Features,
      imports: [keepingIn(TraceModule.forRoot({ debug: { access: 'loopback' } }), near)],
    };
    const { app, lines } = await start(module);
    const counts = await Promise.all([far, near].map(async (store) => (await store.stats.counts()).total));
    expect(counts).toEqual([0, 4]);
    expect(lines.filter((line) => line.startsWith('warn'))).toEqual([
      expect.stringMatching(/forRoot is imported more than once/),
    ]);
    expect((await health(app)).status).toBe(200);
    const { count } = await app.get(TraceService, { strict: false }).traces();
    expect(count).toBe(4);
    await app.close();
  });

  it.each(['express', 'fastify'] as const)(
    'loaded lazily changes nothing on %s, and logs that it came late',
    async (adapter) => {
      const { app, lines } = await start(undefined, adapter);
      const before = await answersOf(app);
      const store = new MemoryStore();
      const loaded = await app.get(LazyModuleLoader).load(() => keepingIn(TraceModule.forRoot(), store));
      expect(await answersOf(app)).toEqual(before);
      expect(lines).toEqual([
        expect.stringMatching(/^warn TraceModule is loaded after .* Import it in the root module/),
      ]);
      expect(loaded.get(TraceService).runInTrace({}, () => 5)).toBe(5);
      expect((await store.stats.counts()).total).toBe(1);
    },
  );

  it('loaded lazily beside the one of the root module leaves that one unchanged', async () => {
    const [root, lazy] = [new MemoryStore(), new MemoryStore()];
    const { app, lines } = await start(keepingIn(TraceModule.forRoot(), root));
    const loaded = await app.get(LazyModuleLoader).load(() => keepingIn(TraceModule.forRoot(), lazy));
    loaded.get(TraceService).runInTrace({ contactId: 'x' }, () => undefined);
    await answersOf(app);
    expect([(await root.stats.counts()).total, (await lazy.stats.counts()).total]).toEqual([9, 0]);
    expect(lines.filter((line) => line.startsWith('warn'))).toEqual([expect.stringMatching(/imported more than once/)]);
  });
});
