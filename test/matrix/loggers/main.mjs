/**
 * A request to an application with each kind of logger, without and with TraceModule: what is printed is the same, and each
 * printed line is one event `log`. Prints one line of JSON per cell: `{ "cell", "fault"? }`.
 */
import { Writable } from 'node:stream';
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { ConsoleLogger, Controller, Inject, Logger, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WinstonModule } from 'nest-winston';
import { Logger as NestPino, LoggerModule, PinoLogger } from 'nestjs-pino';
import { TraceModule, traceLogFields } from 'nestjs-trace-collector';
import { MemoryStore } from 'nestjs-trace-collector/testing';
import pino from 'pino';
import winston from 'winston';
import { keepingIn } from './keeping-in.mjs';

/** What the loggers wrote to their own streams. */
let written = [];
const stream = new Writable({
  decodeStrings: false,
  write: (line, _encoding, done) => {
    written.push(line);
    done();
  },
});
const fields = (line) => {
  const { time: _t, pid: _p, hostname: _h, req: _r, res: _s, responseTime: _m, ...rest } = JSON.parse(line);
  return rest;
};

class Own {
  log = (...args) => stream.write(JSON.stringify(['log', ...args.map(String)]));
  error = (...args) => stream.write(JSON.stringify(['error', ...args.map(String)]));
  warn = (...args) => stream.write(JSON.stringify(['warn', ...args.map(String)]));
}
class Extended extends ConsoleLogger {
  log(message, ...rest) {
    super.log(`app: ${message}`, ...rest);
  }
}

const pinoHttp = (options = {}) => LoggerModule.forRoot({ pinoHttp: [{ autoLogging: false, ...options }, stream] });
const winstonLogger = () =>
  WinstonModule.createLogger({
    level: 'debug',
    transports: [new winston.transports.Stream({ stream, format: winston.format.json() })],
  });
const plain = { colors: false };

/** `lines`: levels of the lines that are recorded. */
const KINDS = [
  { name: 'ConsoleLogger', nest: { logger: new ConsoleLogger(plain) }, lines: 'debug log warn error error fatal' },
  {
    name: 'ConsoleLogger with levels',
    nest: { logger: new ConsoleLogger({ ...plain, logLevels: ['warn', 'error'] }) },
    lines: 'warn error error fatal',
  },
  {
    name: 'ConsoleLogger as JSON',
    nest: { logger: new ConsoleLogger({ json: true }) },
    lines: 'debug log warn error error fatal',
  },
  { name: 'levels', nest: { logger: ['error', 'warn'] }, lines: 'warn error error fatal' },
  { name: 'logger: false', nest: { logger: false }, lines: '' },
  { name: 'a logger of its own', nest: { logger: new Own() }, lines: 'log warn error error' },
  {
    name: 'an extended ConsoleLogger',
    nest: { logger: new Extended(plain) },
    lines: 'debug log warn error error fatal',
  },
  { name: 'useLogger', nest: { bufferLogs: true }, use: () => new Own(), lines: 'log warn error error' },
  {
    name: 'nestjs-pino',
    nest: { bufferLogs: true },
    imports: () => [pinoHttp({ level: 'debug' })],
    use: (app) => app.get(NestPino),
    pino: true,
    lines: 'debug log warn error error fatal info',
  },
  {
    name: 'nestjs-pino with a level',
    nest: { bufferLogs: true },
    imports: () => [pinoHttp({ level: 'warn' })],
    use: (app) => app.get(NestPino),
    pino: true,
    lines: 'warn error error fatal',
  },
  {
    name: 'nestjs-pino with a mixin',
    nest: { bufferLogs: true },
    imports: () => [pinoHttp({ level: 'warn', mixin: () => ids() })],
    use: (app) => app.get(NestPino),
    pino: true,
    lines: 'warn error error fatal',
  },
  { name: 'nest-winston', nest: { logger: winstonLogger() }, lines: 'debug log warn error error fatal' },
  {
    name: 'pino beside',
    nest: { logger: false },
    beside: pino({ level: 'info', base: null, timestamp: false }, stream),
    lines: 'info error',
  },
];

// Not exported: a process has one application.
const { __resetOutOfContextForTests: forgetPino } = await import(
  new URL('PinoLogger.js', import.meta.resolve('nestjs-pino'))
);
let ids = () => ({});

for (const kind of KINDS) {
  let fault;
  try {
    await compare(kind);
  } catch (error) {
    fault = error.message;
  }
  console.log(JSON.stringify({ cell: kind.name, fault }));
}

async function compare(kind) {
  ids = () => ({});
  const before = await printed(kind, []);
  const store = new MemoryStore();
  const drafts = [];
  const { sink } = store;
  const append = (draft) => {
    drafts.push(draft.data === undefined ? draft : { ...draft, data: JSON.parse(String(draft.data)) });
    return sink.append(draft);
  };
  Object.assign(store, { sink: { writer: sink.writer, append } });
  const options = { capture: { logs: 'verbose', routes: '/hook' } };
  const after = await printed(kind, [keepingIn(TraceModule.forRoot(options), store)]);
  assert.deepEqual(after, before, 'the output is the same');
  const lines = drafts.filter(({ type }) => type === 'log');
  assert.equal(lines.map(({ data }) => data.level).join(' '), kind.lines);
  for (const { data } of lines) if (data.message === 'failed') assert.match(data.error?.stack ?? '', /at book/);
  if (kind.name !== 'nestjs-pino with a mixin') return;
  ids = traceLogFields;
  const mixed = await printed(kind, [keepingIn(TraceModule.forRoot(options), store)]);
  const id = drafts.findLast(({ kind: what }) => what === 'identify').id;
  for (const line of mixed) assert.equal(JSON.parse(line).trace_id, id, 'the line has the id of the trace');
}

/** What a request prints. */
async function printed(kind, imports) {
  class Hook {
    constructor(own) {
      this.own = own;
      this.logger = new Logger('Sofia');
    }
    take() {
      const error = Object.assign(new TypeError('no calendar'), {
        stack: 'TypeError: no calendar\n    at book (/app/a.ts:1:2)',
      });
      this.logger.debug('debug');
      this.logger.log('hello');
      Logger.warn('static', 'Crm');
      this.logger.error('failed', error.stack);
      this.logger.error(error);
      this.logger.fatal('fatal');
      this.own?.info({ lead: 7 }, 'injected');
      kind.beside?.info('beside');
      kind.beside?.error(error);
      return 'ok';
    }
  }
  Controller('hook')(Hook);
  Post()(Hook.prototype, 'take', Object.getOwnPropertyDescriptor(Hook.prototype, 'take'));
  // It keeps the options of its first application.
  forgetPino();
  if (kind.pino) Inject(PinoLogger)(Hook, undefined, 0);
  class App {}
  Module({ imports: [...imports, ...(kind.imports?.() ?? [])], controllers: [Hook] })(App);
  const [out, err] = [process.stdout.write, process.stderr.write];
  process.stdout.write = process.stderr.write = (text) => written.push(String(text)) > 0;
  try {
    const app = await NestFactory.create(App, { ...kind.nest, abortOnError: false });
    if (kind.use) app.useLogger(kind.use(app));
    await app.listen(0, '127.0.0.1');
    written = [];
    const { status } = await fetch(`${await app.getUrl()}/hook`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ contactId: 'ana', body: 'hola' }),
    });
    // A line of nest-winston is written a turn later.
    await new Promise((resolve) => void setImmediate(resolve));
    const lines = written.map(withoutTimes);
    assert.equal(status, 201);
    await app.close();
    return lines;
  } finally {
    process.stdout.write = out;
    process.stderr.write = err;
    Logger.overrideLogger(new ConsoleLogger());
    Logger.overrideLogger(['verbose', 'debug', 'log', 'warn', 'error', 'fatal']);
  }
}

function withoutTimes(line) {
  if (line.startsWith('{')) return JSON.stringify(fields(line)).replace(/"timestamp":[^,}]+/, '"timestamp":0');
  return line.replace(/\d+\/\d+\/\d+, [\d:]+ [AP]M/, 'TIME').replace(/ \+\d+ms/, '');
}
