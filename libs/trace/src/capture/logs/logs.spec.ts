import {
  Body,
  ConsoleLogger,
  Controller,
  type INestApplication,
  Inject,
  Injectable,
  Logger,
  type LoggerService,
  Module,
  type NestApplicationOptions,
  Post,
  Scope,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import pino from 'pino';
import type { EventDto, FullTraceResponse } from '../../contract/responses.js';
import { runInTrace } from '../../context/functions/run-in-trace.js';
import { TraceTestingModule, tracesOf, type TraceTestingOptions } from '../../testing/trace-testing.module.js';

@Injectable({ scope: Scope.REQUEST })
class RequestLogger extends ConsoleLogger {
  constructor() {
    super('Request', { colors: false });
  }
}

const STACK = 'Error: from elsewhere\n    at work (/app/work.ts:1:1)';

/** One line of each form. */
@Controller('webhook')
class Hook {
  private readonly logger = new Logger('Sofia');
  private readonly timed = new Logger('Timed', { timestamp: true });

  constructor(@Inject(RequestLogger) private readonly own: RequestLogger) {}

  @Post()
  async receive(@Body() { body }: { body?: string }) {
    this.logger.verbose('verbose');
    this.logger.debug('debug', { lead: 7 });
    this.logger.log('hello');
    this.timed.log('timed');
    await Promise.resolve();
    this.logger.warn({ message: 'low', stock: 1 });
    Logger.warn('static', 'Crm');
    this.own.log('scoped');
    const error = new TypeError('no calendar');
    // Frames of Nest differ: with an interceptor the handler is called from another function.
    error.stack = 'TypeError: no calendar\n    at book (/app/calendar.ts:2:2)';
    this.logger.error('failed', STACK);
    this.logger.error(error);
    this.logger.fatal({ err: error, slot: 'monday' });
    if (body === 'fail') throw error;
    return 'ok';
  }
}

class OwnLogger implements LoggerService {
  log = (...args: unknown[]) => this.print('log', args);
  error = (...args: unknown[]) => this.print('error', args);
  warn = (...args: unknown[]) => this.print('warn', args);
  private print(level: string, args: unknown[]): void {
    process.stdout.write(
      `${level} ${args.map((arg) => (arg instanceof Error ? arg.name : JSON.stringify(arg))).join(' ')}\n`,
    );
  }
}

class Prefixed extends ConsoleLogger {
  override log(message: unknown, ...rest: unknown[]): void {
    super.log(`app: ${String(message)}`, ...(rest as string[]));
  }
}

type Kind = { nest: NestApplicationOptions; later?: () => false | LoggerService | ('log' | 'error')[] };
const plain = { colors: false };
const KINDS: Record<string, Kind> = {
  'no logger given': { nest: {} },
  levels: { nest: { logger: ['error', 'log'] } },
  'logger: false': { nest: { logger: false } },
  'a ConsoleLogger as JSON': { nest: { logger: new ConsoleLogger({ json: true }) } },
  'a ConsoleLogger with levels': { nest: { logger: new ConsoleLogger({ ...plain, logLevels: ['fatal', 'warn'] }) } },
  'a logger of its own': { nest: { logger: new OwnLogger() } },
  'an extended ConsoleLogger': { nest: { logger: new Prefixed(plain) } },
  'useLogger later': { nest: { logger: new ConsoleLogger(plain) }, later: () => new Prefixed(plain) },
  'useLogger with levels later': { nest: {}, later: () => ['error'] },
  'bufferLogs and useLogger': { nest: { bufferLogs: true }, later: () => new OwnLogger() },
  'pino behind a LoggerService': { nest: { logger: pinoService() } },
};

function pinoService(): LoggerService {
  const logger = pino({ base: null, timestamp: false }, { write: (line: string) => process.stdout.write(line) });
  const print =
    (level: 'info' | 'error' | 'warn') =>
    (message: unknown, ...rest: unknown[]): void => {
      if (typeof message === 'object') logger[level](message as object);
      else logger[level]({ context: rest.at(-1) }, String(message));
    };
  return { log: print('info'), error: print('error'), warn: print('warn') };
}

const statics = Logger as unknown as { staticInstanceRef: unknown; logLevels: unknown };
const kept = { ref: statics.staticInstanceRef, levels: statics.logLevels };
const open: INestApplication[] = [];

afterEach(async () => {
  for (const app of open.splice(0)) await app.close();
  Logger.detachBuffer();
  statics.staticInstanceRef = kept.ref;
  statics.logLevels = kept.levels;
});

async function start(...given: Parameters<typeof begin>): Promise<INestApplication> {
  return captured(() => begin(...given));
}

async function begin(traced: TraceTestingOptions | false, kind: Kind, fastify?: object): Promise<INestApplication> {
  const imports = traced === false ? [] : [TraceTestingModule.forRoot(traced)];
  @Module({ imports, controllers: [Hook], providers: [RequestLogger] })
  class AppModule {}
  const app = fastify
    ? await NestFactory.create(AppModule, new FastifyAdapter(fastify), { ...kind.nest, abortOnError: false })
    : await NestFactory.create(AppModule, { ...kind.nest, abortOnError: false });
  open.push(app);
  const logger = kind.later?.();
  if (logger !== undefined) app.useLogger(logger);
  await app.listen(0, '127.0.0.1');
  return app;
}

/** What a request prints, with the clock stopped. */
async function printedBy(app: INestApplication, body: string): Promise<{ status: number; printed: string }> {
  const [out, err] = [process.stdout.write, process.stderr.write];
  const { now } = Date;
  let printed = '';
  process.stdout.write = process.stderr.write = ((text: string | Uint8Array) => {
    printed += String(text);
    return true;
  }) as never;
  Date.now = () => 1_705_761_022_123;
  try {
    const { status } = await post(app, body);
    return { status, printed };
  } finally {
    Date.now = now;
    process.stdout.write = out;
    process.stderr.write = err;
  }
}

async function post(app: INestApplication, body: string): Promise<Response> {
  const response = await fetch(`${await app.getUrl()}/webhook`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ contactId: 'ana', body }),
  });
  await response.text();
  return response;
}

const logsOf = (trace: FullTraceResponse) => trace.events.filter(({ type }) => type === 'log');
const data = ({ data: given }: EventDto) => given as Record<string, any>;
const short = (event: EventDto) => `${data(event).level} ${data(event).context ?? '-'} ${data(event).message ?? '-'}`;

const ALL = [
  'verbose Sofia verbose',
  'debug Sofia debug',
  'log Sofia hello',
  'log Timed timed',
  'warn Sofia low',
  'warn Crm static',
  'log Request scoped',
  'error Sofia failed',
  'error Sofia no calendar',
  'fatal Sofia -',
];
const without = (...levels: string[]) => ALL.filter((line) => !levels.includes(line.split(' ')[0]!));
const EXPECTED: Record<string, string[]> = {
  levels: without('verbose', 'debug', 'warn'),
  'logger: false': ['log Request scoped'],
  'a ConsoleLogger with levels': ['warn Sofia low', 'warn Crm static', 'log Request scoped', 'fatal Sofia -'],
  // Methods that a logger does not have print nothing.
  'a logger of its own': without('verbose', 'debug', 'fatal'),
  'bufferLogs and useLogger': without('verbose', 'debug', 'fatal'),
  'pino behind a LoggerService': without('verbose', 'debug', 'fatal'),
};

describe('log lines of an application', () => {
  it.each(Object.entries(KINDS))('with %s: the same output, and each printed line once', async (name, kind) => {
    const before = await start(false, kind);
    const expected = await printedBy(before, 'fail');
    await before.close();
    open.length = 0;
    statics.staticInstanceRef = kept.ref;
    statics.logLevels = kept.levels;

    const app = await start({ capture: { logs: 'verbose' } }, kind);
    const found = await printedBy(app, 'fail');
    expect(plainOf(found.printed)).toBe(plainOf(expected.printed));
    expect(found.status).toBe(500);
    const lines = logsOf(await tracesOf(app).waitFor({ contactId: 'ana' })).map(short);
    const handlers = lines.filter((line) => !line.includes('ExceptionsHandler'));
    if (name === 'useLogger with levels later') expect(handlers).toContain('error Sofia failed');
    else expect(handlers).toEqual(EXPECTED[name] ?? ALL);
  });

  it('have errors with their parts, data and the level as a fact, and are no errors of the trace', async () => {
    const app = await start({}, { nest: { logger: new ConsoleLogger(plain) } });
    await printedBy(app, 'hola');
    const trace = await tracesOf(app).waitFor({ contactId: 'ana' });
    expect(trace.status).toBe('completed');
    expect(trace.errors ?? []).toEqual([]);
    const lines = logsOf(trace);
    expect(lines.map(short)).toEqual(without('verbose', 'debug'));
    expect(data(lines[2]!)).toEqual({
      level: 'warn',
      context: 'Sofia',
      message: 'low',
      data: { message: 'low', stock: 1 },
    });
    expect(data(lines[5]!)).toEqual({
      level: 'error',
      context: 'Sofia',
      message: 'failed',
      error: { type: 'Error', message: 'from elsewhere', stack: STACK },
    });
    expect(data(lines[6]!)).toMatchObject({ error: { type: 'TypeError', message: 'no calendar' } });
    expect(data(lines[6]!).error.stack).toContain('at book');
    expect(data(lines[7]!)).toMatchObject({ error: { type: 'TypeError' }, data: { slot: 'monday' } });
  });

  it('that log an error which is thrown then are one error', async () => {
    const app = await start({}, { nest: { logger: new ConsoleLogger(plain) } });
    await printedBy(app, 'fail');
    const trace = await tracesOf(app).waitFor({ contactId: 'ana' });
    expect(trace.status).toBe('error');
    expect(trace.errors).toHaveLength(1);
  });

  it('have no secrets, and with content none only sizes', async () => {
    const secret = 'sk-live-aaaaaaaaaaaaaaaaaaaaaaaa';
    const lines = async (options: TraceTestingOptions) => {
      const app = await start(options, { nest: { logger: new OwnLogger() } });
      const logger = new Logger('Crm');
      await captured(() =>
        runInTrace({ contactId: 'eva' }, () => {
          logger.error(`failed with ${secret}`, { password: 'hunter2', name: 'Eva' });
          logger.warn(new Error(`Bearer ${secret}`));
        }),
      );
      const [first, second] = logsOf(await tracesOf(app).waitFor({ contactId: 'eva' }));
      await open.pop()!.close();
      return [data(first!), data(second!)];
    };
    const full = JSON.stringify(await lines({}));
    expect(full).toContain('Eva');
    expect(full).not.toContain(secret);
    expect(full).not.toContain('hunter2');
    const [none, error] = await lines({ redact: { content: 'none' } });
    expect(none).toEqual({
      level: 'error',
      context: 'Crm',
      message: expect.stringMatching(/^\[string \d+\]$/) as string,
      data: { password: expect.any(String) as string, name: '[string 3]' },
    });
    expect(JSON.stringify(error)).not.toContain('Bearer');
  });

  it('of a burst leave room for events and errors', async () => {
    const app = await start({ limits: { maxEventsPerTrace: 20 } }, { nest: { logger: new OwnLogger() } });
    const logger = new Logger('Loop');
    await captured(() =>
      runInTrace({ contactId: 'eva' }, () => {
        for (let i = 0; i < 100; i += 1) logger.log(`line ${i}`);
        for (let i = 0; i < 30; i += 1) logger.error(`error ${i}`);
      }),
    );
    const lines = logsOf(await tracesOf(app).waitFor({ contactId: 'eva' }));
    expect(lines.filter((line) => data(line).level === 'log')).toHaveLength(10);
    expect(lines.filter((line) => data(line).level === 'error')).toHaveLength(30);
  });

  it('of a timer do not keep a trace open, and few are kept after its end', async () => {
    const app = await start({ lifecycle: { quietMs: 20 } }, { nest: { logger: new OwnLogger() } });
    const logger = new Logger('Client');
    const timers: NodeJS.Timeout[] = [];
    await captured(async () => {
      let lines = 0;
      const many = new Promise<void>((resolve) => {
        runInTrace({ contactId: 'eva' }, () => {
          const timer = setInterval(() => {
            logger.log('polled');
            if ((lines += 1) === 100) resolve();
          }, 5);
          timers.push(timer);
        });
      });
      const trace = await tracesOf(app).waitFor({ contactId: 'eva' });
      expect(trace.status).toBe('completed');
      expect(trace.duration_ms).toBeLessThan(1_000);
      await many;
    });
    for (const timer of timers) clearInterval(timer);
    const { status, events } = await tracesOf(app).last();
    expect(status).toBe('completed');
    expect(events.filter(({ type }) => type === 'log').length).toBeLessThan(80);
  });

  it('of two applications follow the options of each', async () => {
    const nest = { logger: new OwnLogger() };
    const quiet = await start({ capture: { logs: 'error' } }, { nest });
    const off = await start({ capture: { logs: false } }, { nest });
    const loud = await start({ capture: { logs: { level: 'verbose', console: true } } }, { nest });
    const seen = [];
    for (const app of [quiet, off, loud]) {
      await printedBy(app, 'hola');
      seen.push(logsOf(await tracesOf(app).waitFor({ contactId: 'ana' })).length);
    }
    expect(seen).toEqual([2, 0, 7]);
  });

  it("of Fastify's pino have the line's own fields", async () => {
    const out: string[] = [];
    // The last line comes after the response: its end is no proof that the line is there.
    let isOver = (): void => undefined;
    const over = new Promise<void>((resolve) => void (isOver = resolve));
    const write = (line: string): void => {
      out.push(line);
      if (line.includes('request completed')) isOver();
    };
    const app = await start({}, { nest: { logger: false } }, { logger: { level: 'info', stream: { write } } });
    await captured(() => post(app, 'hola'));
    await over;
    const lines = logsOf(await tracesOf(app).waitFor({ contactId: 'ana' })).map(data);
    expect(lines).toContainEqual(expect.objectContaining({ level: 'info', message: 'request completed' }));
    expect(JSON.stringify(lines)).not.toContain('remoteAddress');
    expect(out.length).toBeGreaterThan(1);
  });
});

/** Runs `fn` with what it prints kept off the terminal. */
async function captured<R>(fn: () => R | Promise<R>): Promise<R> {
  const [out, err] = [process.stdout.write, process.stderr.write];
  process.stdout.write = process.stderr.write = (() => true) as never;
  try {
    return await fn();
  } finally {
    process.stdout.write = out;
    process.stderr.write = err;
  }
}

/** Time differences between two lines differ from run to run. */
function plainOf(printed: string): string {
  return printed.replace(/ \+\d+ms/g, '');
}
