// oxlint-disable eslint/no-console -- its lines are what is tested
import { ConsoleLogger, Logger, type LoggerService } from '@nestjs/common';
import pino from 'pino';
import { MemoryRecorder } from '../../testing/memory-recorder.js';
import { runWith } from '../../context/trace-context.js';
import { installLogs } from './install-logs.js';

const METHODS = ['verbose', 'debug', 'log', 'warn', 'error', 'fatal'] as const;

let recorder: MemoryRecorder;
let stop: () => void;
let printed: string[];
const statics = Logger as unknown as { staticInstanceRef: unknown; logLevels: unknown };
const { staticInstanceRef, logLevels } = statics;

/** Runs `fn` with and without us, in a trace. Returns what was printed without us, for comparison. */
function inTrace<R>(fn: () => R): R {
  return runWith({ recorder, key: 'trace-1' }, fn);
}

function lines(): string[] {
  return recorder.lines.map(({ level, context, message }) => `${level} ${context ?? '-'} ${String(message)}`);
}

const METHOD = { log: console.log, error: console.error, warn: console.warn };
let write: typeof process.stdout.write;
let writeError: typeof process.stderr.write;

beforeEach(() => {
  recorder = new MemoryRecorder();
  printed = [];
  write = process.stdout.write;
  writeError = process.stderr.write;
  process.stdout.write = process.stderr.write = ((text: string) => printed.push(text) > 0) as never;
  for (const name of Object.keys(METHOD) as (keyof typeof METHOD)[]) console[name] = () => undefined;
  stop = installLogs({ level: 'verbose', console: true });
});

afterEach(() => {
  stop();
  Object.assign(console, METHOD);
  process.stdout.write = write;
  process.stderr.write = writeError;
  statics.staticInstanceRef = staticInstanceRef;
  statics.logLevels = logLevels;
});

describe("lines of Nest's Logger", () => {
  it('of instances and of static methods are recorded once, of every level', () => {
    const logger = new Logger('Sofia');
    inTrace(() => {
      for (const level of METHODS) logger[level](`instance ${level}`);
      for (const level of METHODS) Logger[level](`static ${level}`, 'Crm');
    });
    expect(lines()).toEqual([
      ...METHODS.map((level) => `${level} Sofia instance ${level}`),
      ...METHODS.map((level) => `${level} Crm static ${level}`),
    ]);
    expect(printed).toHaveLength(12);
  });

  it('of any logger behind it are recorded once', () => {
    class Own implements LoggerService {
      seen: unknown[][] = [];
      log(...args: unknown[]) {
        this.seen.push(args);
        console.log('from inside');
      }
      error(...args: unknown[]) {
        this.seen.push(args);
      }
      warn(...args: unknown[]) {
        this.seen.push(args);
      }
    }
    class Extended extends ConsoleLogger {
      override log(message: unknown, ...rest: unknown[]) {
        super.log(`[app] ${String(message)}`, ...rest);
        super.log('a second line');
      }
    }
    const own = new Own();
    const logger = new Logger('Sofia');
    Logger.overrideLogger(own);
    inTrace(() => {
      logger.log('a', { lead: 1 });
      logger.debug('the logger has no such method');
    });
    expect(own.seen).toEqual([['a', { lead: 1 }, 'Sofia']]);
    Logger.overrideLogger(new Extended());
    inTrace(() => logger.log('b'));
    Logger.overrideLogger(pinoService());
    inTrace(() => logger.log('c'));
    expect(lines()).toEqual(['log Sofia a', 'log Sofia b', 'log Sofia c']);
  });

  it('that the logger does not print are not recorded', () => {
    const logger = new Logger('Sofia');
    Logger.overrideLogger(false);
    inTrace(() => logger.error('no logger'));
    Logger.overrideLogger(new ConsoleLogger({ logLevels: ['error', 'warn'] }));
    inTrace(() => {
      logger.log('below');
      Logger.log('below');
      logger.warn('printed');
    });
    expect(lines()).toEqual(['warn Sofia printed']);
    expect(printed).toHaveLength(1);
  });

  it('of a list of levels, set at any time, are those that are printed', () => {
    const logger = new Logger('Sofia');
    inTrace(() => logger.log('first'));
    Logger.overrideLogger(['error']);
    inTrace(() => {
      logger.log('second');
      new Logger('Maria').log('third');
      logger.error('fourth');
    });
    expect(printed).toHaveLength(recorder.lines.length);
    expect(lines()).toContain('error Sofia fourth');
    Logger.overrideLogger([...METHODS]);
  });

  it('in its buffer are recorded when they are logged, once', () => {
    const logger = new Logger('Sofia');
    Logger.attachBuffer();
    inTrace(() => logger.warn('early'));
    expect(printed).toEqual([]);
    inTrace(() => Logger.flush());
    expect(printed).toHaveLength(1);
    expect(lines()).toEqual(['warn Sofia early']);
  });

  it('that are lazy are computed once', () => {
    let calls = 0;
    const lazy = () => `lazy ${(calls += 1)}`;
    const logger = new Logger('Sofia');
    inTrace(() => {
      logger.log(lazy);
      Logger.overrideLogger(new ConsoleLogger({ logLevels: ['error'] }));
      logger.log(lazy);
      logger.error(class Named {});
    });
    expect(calls).toBe(1);
    expect(lines()).toEqual(['log Sofia lazy 1', 'error Sofia Named']);
  });

  it('of our own are not recorded, and none outside a trace', () => {
    new Logger('Sofia').log('outside');
    inTrace(() => new Logger('TraceModule').warn('ours'));
    expect(lines()).toEqual([]);
    expect(printed).toHaveLength(2);
  });
});

describe('a ConsoleLogger used directly', () => {
  it('is recorded, also a subclass and with a context of its own', () => {
    class RequestLogger extends ConsoleLogger {}
    inTrace(() => {
      new ConsoleLogger('A').warn('a');
      const logger = new RequestLogger();
      logger.setContext('B');
      logger.log('b');
      logger.log('c', 'C');
      new ConsoleLogger('D', { json: true }).error('d', new Error('why'));
      new ConsoleLogger('E', { forceConsole: true } as never).error('e');
    });
    expect(lines()).toEqual(['warn A a', 'log B b', 'log C c', 'error D d', 'error E e']);
    expect(recorder.lines[3]!.error).toEqual(new Error('why'));
  });
});

describe('pino', () => {
  it('is recorded as it prints: levels, children, serializers, redact, errors', () => {
    const out: string[] = [];
    const logger = pino(
      { level: 'debug', redact: ['card'], base: { pid: 1 }, serializers: { lead: (lead: { id: number }) => lead.id } },
      { write: (line: string) => void out.push(line) },
    );
    const error = new Error('down');
    inTrace(() => {
      logger.trace('below');
      logger.info({ lead: { id: 7 }, card: '4111' }, 'hello %s', 'Ana');
      logger.child({ context: 'Sofia', plan: 'pro' }).warn('slow');
      logger.error(error);
      logger.fatal({ err: error, at: 3 }, 'failed');
    });
    logger.info('outside');
    expect(out).toHaveLength(5);
    expect(
      recorder.lines.map(({ level, context, message, data, error: e }) => [level, context, message, data, e]),
    ).toEqual([
      ['info', undefined, 'hello Ana', { lead: 7, card: '[Redacted]' }, undefined],
      ['warn', 'Sofia', 'slow', { plan: 'pro' }, undefined],
      ['error', undefined, 'down', undefined, error],
      ['fatal', undefined, 'failed', { at: 3 }, error],
    ]);
  });

  it("behind Nest's Logger is recorded as pino prints it, with Nest's context", () => {
    const logger = pino({ redact: ['email'], base: null }, { write: () => undefined });
    const error = new Error('down');
    Logger.overrideLogger({
      log: (message: object, context: string) => logger.info({ ...message, context }, 'written'),
      error: (failure: Error) => logger.error(failure),
      warn: (message: string) => logger.info(message),
    } as never);
    inTrace(() => {
      new Logger('Sofia').log({ email: 'ana@example.test', lead: 7 });
      new Logger('Sofia').error(error);
      logger.info('direct');
    });
    expect(recorder.lines).toMatchObject([
      { level: 'log', context: 'Sofia', message: 'written', data: { email: '[Redacted]', lead: 7 } },
      { level: 'error', context: 'Sofia', message: 'down', error },
      { level: 'info', message: 'direct' },
    ]);
  });

  it('has a standard level for levels of the application', () => {
    const logger = pino({ customLevels: { audit: 45, notice: 35 } }, { write: () => undefined });
    inTrace(() => {
      logger.audit('a');
      logger.notice('b');
    });
    expect(recorder.lines.map(({ level }) => level)).toEqual(['warn', 'notice']);
  });
});

describe('console', () => {
  it('is recorded with plain values in the message and objects as data', () => {
    const kept = { ...console };
    inTrace(() => console.warn('%s has %d', 'Ana', 3, { lead: 1 }, 'left'));
    expect(recorder.lines).toMatchObject([{ level: 'warn', message: 'Ana has 3 left', data: { lead: 1 } }]);
    stop();
    expect(console.warn).not.toBe(kept.warn);
  });
});

describe('the hooks', () => {
  it('are gone with the last application', () => {
    const own = Object.getOwnPropertyDescriptor(Logger.prototype, 'log')!.value as unknown;
    const second = installLogs({ level: 'log', console: false });
    stop();
    expect(Logger.prototype.log).toBe(own);
    second();
    second();
    expect(Logger.prototype.log).not.toBe(own);
    inTrace(() => new Logger('Sofia').log('after'));
    expect(lines()).toEqual([]);
  });

  it('leave errors of a logger, this and results as they are', () => {
    const failure = new Error('logger');
    Logger.overrideLogger({
      log: () => {
        throw failure;
      },
      error: () => 'result',
      warn: () => undefined,
    } as never);
    const caught = inTrace(() => {
      try {
        new Logger('Sofia').log('x');
        return undefined;
      } catch (error) {
        return error;
      }
    });
    expect(caught).toBe(failure);
    inTrace(() => new Logger('Sofia').error('after the throw'));
    expect(lines()).toEqual(['log Sofia x', 'error Sofia after the throw']);
  });

  it('survive a recorder that throws', () => {
    recorder.log = () => {
      throw new Error('recorder');
    };
    inTrace(() => {
      new Logger('Sofia').log('x');
      pino({}, { write: () => undefined }).info('y');
    });
    expect(printed).toHaveLength(1);
    expect(recorder.internalErrors.map(({ where }) => where)).toEqual(['logs', 'logs']);
  });
});

/** A LoggerService over pino, as nestjs-pino has one. */
function pinoService(): LoggerService {
  const logger = pino({ level: 'trace' }, { write: () => undefined });
  return {
    log: (m: string) => logger.info(m),
    error: (m: string) => logger.error(m),
    warn: (m: string) => logger.warn(m),
  };
}
