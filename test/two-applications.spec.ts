import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import {
  type CallHandler,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  type INestApplication,
  Module,
  type NestInterceptor,
  Post,
  Scope,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { OnEvent, EventEmitter2, EventEmitterModule } from '@nestjs/event-emitter';
import {
  type ClientProxy,
  ClientProxyFactory,
  EventPattern,
  MessagePattern,
  Payload,
  Transport,
} from '@nestjs/microservices';
import { Traced, TraceModule, TraceService, TraceWebhook, runInTrace, traceEvent } from 'nestjs-trace-collector';
import { catchError, firstValueFrom, of } from 'rxjs';

@Injectable()
class Deny {
  canActivate() {
    return false;
  }
}

/** Swallows an exception of the handler. */
class Swallow implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler) {
    return next.handle().pipe(catchError(() => of('swallowed')));
  }
}

/** Shared by both applications, as classes are. */
@Controller()
class Messages {
  @MessagePattern('plain') @TraceWebhook() plain() {
    return 1;
  }
  @MessagePattern('denied') @TraceWebhook() @UseGuards(Deny) denied() {}
  @MessagePattern('value') @TraceWebhook() @UseGuards(new Deny()) value() {}
  @EventPattern('event') @TraceWebhook() event(@Payload() _data: unknown) {}
  @MessagePattern('throws') @TraceWebhook() @UseInterceptors(Swallow) throws() {
    throw new Error('handler');
  }
}

@Controller({ scope: Scope.REQUEST })
class PerRequest {
  @MessagePattern('request') @TraceWebhook() ask() {
    return 1;
  }
}

@UseInterceptors(Swallow)
@Controller('webhook')
class Hook {
  @Post() take() {
    throw new Error('kept');
  }
  @Get('plain') plain() {
    return 1;
  }
}

@Injectable()
class Jobs {
  constructor(private readonly traces: TraceService) {}

  cron(contactId: string) {
    return this.traces.runInTrace({ contactId, type: 'cron' }, () => this.step());
  }

  @OnEvent('lead')
  onLead(contactId: string) {
    return this.cron(contactId);
  }

  @Traced() step() {
    traceEvent('step');
  }
}

interface Running {
  app: INestApplication;
  dir: string;
  client: ClientProxy;
  send(pattern: string, contactId: string): Promise<unknown>;
  post(contactId: string): Promise<unknown>;
}

const names = ['a', 'b'] as const;
const cwd = process.cwd();
let base: string;
let running: Record<(typeof names)[number], Running>;

async function start(name: string): Promise<Running> {
  const dir = join(base, name);
  @Module({
    // Relative: resolved at the start, whatever `chdir` does later.
    imports: [TraceModule.forRoot({ storage: { dir: relative(cwd, dir) } }), EventEmitterModule.forRoot()],
    controllers: [Messages, PerRequest, Hook],
    providers: [Jobs],
  })
  class App {}
  const app = await NestFactory.create(App, { logger: false, forceCloseConnections: true });
  const service = app.connectMicroservice({ transport: Transport.TCP, options: { port: 0 } }) as any;
  await app.startAllMicroservices();
  await app.listen(0, '127.0.0.1');
  const { port } = (service.server ?? service.serverInstance).server.address();
  const client = ClientProxyFactory.create({ transport: Transport.TCP, options: { port } });
  const url = `http://127.0.0.1:${app.getHttpServer().address().port}/webhook`;
  return {
    app,
    dir,
    client,
    send: async (pattern, contactId) => {
      if (pattern === 'event') return firstValueFrom(client.emit(pattern, { contactId }), { defaultValue: 0 });
      return firstValueFrom(client.send(pattern, { contactId })).catch((error: unknown) => error);
    },
    post: (contactId) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ contactId, message: 'hi' }),
      }),
  };
}

const journal = (dir: string) =>
  readdirSync(join(dir, 'journal'))
    .map((file) => readFileSync(join(dir, 'journal', file), 'utf8'))
    .join('');

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'two-'));
  running = { a: await start('a'), b: await start('b') };
  process.chdir(base);
});
afterAll(async () => {
  process.chdir(cwd);
  for (const { app, client } of Object.values(running)) {
    client.close();
    await app.close();
  }
  rmSync(base, { recursive: true, force: true });
});

describe('two applications in a process', () => {
  const ways: [string, (one: Running, contact: string) => unknown][] = [
    ['a webhook', (one, contact) => one.post(contact)],
    [
      'TraceService.runInTrace',
      ({ app }, contact) => app.get(TraceService).runInTrace({ contactId: contact }, () => 1),
    ],
    ['a job of its own', ({ app }, contact) => app.get(Jobs).cron(contact)],
    ['a listener of its emitter', ({ app }, contact) => app.get(EventEmitter2).emit('lead', contact)],
    ['a message', (one, contact) => one.send('plain', contact)],
    ['a message to a handler per request', (one, contact) => one.send('request', contact)],
    ['a message that a guard refused', (one, contact) => one.send('denied', contact)],
    ['a message that a guard shared as a value refused', (one, contact) => one.send('value', contact)],
    ['an event', (one, contact) => one.send('event', contact)],
    ['an error that an interceptor kept', (one, contact) => one.send('throws', contact)],
  ];

  it.each(ways)('%s is recorded in its own application, and in no other', async (title, act) => {
    const ids: string[] = [];
    // The older one last: the order of creation must not matter.
    for (const name of ['b', 'a', 'b', 'a'] as const) {
      const id = `${name}-${ways.findIndex(([other]) => other === title)}-${ids.length}`;
      ids.push(id);
      await act(running[name], id);
      await identified(running[name], id);
    }
    for (const name of names) {
      const found = ids.filter((id) => journal(running[name].dir).includes(`"${id}"`));
      expect(found).toEqual(ids.filter((id) => id.startsWith(name)));
    }
  });

  it('an error that an interceptor of a shared route swallows is recorded in the application of the request', async () => {
    for (const name of ['b', 'a'] as const) await running[name].post(`kept-by-${name}`);
    for (const name of names) {
      const { traces } = await running[name].app.get(TraceService).traces({ contact_id: `kept-by-${name}` } as never);
      const own = traces.filter(({ contact_id }) => contact_id === `kept-by-${name}`);
      expect(own.map(({ errors }) => errors)).toEqual([1]);
    }
  });

  it('runInTrace outside every trace is recorded in none of them, and health reports it', async () => {
    expect(runInTrace({ contactId: 'whose' }, () => 7)).toBe(7);
    for (const name of names) {
      expect(journal(running[name].dir)).not.toContain('whose');
      const { status, reasons } = await running[name].app.get(TraceService).health();
      expect([status, reasons.filter((reason) => reason.includes('TraceService'))]).toEqual([
        'degraded',
        [expect.stringMatching(/^1 call of runInTrace .*several applications/)],
      ]);
    }
  });

  it('a @Traced method outside every trace records nothing', () => {
    const before = names.map((name) => journal(running[name].dir));
    running.a.app.get(Jobs).step();
    expect(names.map((name) => journal(running[name].dir))).toEqual(before);
  });

  it('a relative directory stays where it was when the application started', () => {
    expect(names.map((name) => existsSync(join(base, name, 'journal')))).toEqual([true, true]);
    expect(readdirSync(base).sort()).toEqual(['a', 'b']);
  });

  it('a closed one no longer counts: runInTrace uses the other', async () => {
    await running.b.app.close();
    runInTrace({ contactId: 'to-a' }, () => 1);
    expect(journal(running.a.dir)).toContain('"to-a"');
    // After it closed, its service still calls the given function.
    expect(running.b.app.get(TraceService).runInTrace({ contactId: 'late' }, () => 5)).toBe(5);
  });
});

/** An event is handled a moment after it was sent, and a refusal is recorded before its response. */
async function identified(one: Running, id: string): Promise<void> {
  const service = one.app.get(TraceService);
  for (let tries = 0; tries < 200; tries += 1) {
    const { traces } = await service.traces({ limit: 500 });
    if (traces.some(({ contact_id }) => contact_id === id)) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
