import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import {
  BadRequestException,
  Body,
  Controller,
  Get,
  HttpCode,
  Post,
  Res,
  Sse,
  StreamableFile,
  type Type,
} from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { from, map, of } from 'rxjs';
// On the source: these tests break parts that the package does not export.
import { FlightRecorder } from '../libs/trace/src/capture/trace/flight-recorder.js';
import { OpenSpan } from '../libs/trace/src/capture/trace/open-span.js';
import { TraceOpener } from '../libs/trace/src/capture/trace/trace-opener.js';
import { Lifecycle } from '../libs/trace/src/capture/trace/lifecycle.js';
import { InternalErrors } from '../libs/trace/src/capture/internal-errors.js';
import { ContactResolver } from '../libs/trace/src/capture/trace/contact/contact-resolver.js';
import { IdGenerator } from '../libs/trace/src/capture/trace/id-generator.js';
import { TraceRegistry } from '../libs/trace/src/capture/trace/trace-registry.js';
import { traced } from '../libs/trace/src/context/functions/traced-function.js';
import { bindTrace, runInTrace, waitUntil } from '../libs/trace/src/context/functions/run-in-trace.js';
import * as trace from '../libs/trace/src/context/functions/trace-functions.js';
import { SystemClock } from '../libs/trace/src/model/clock.js';
import { TraceModule } from '../libs/trace/src/trace.module.js';
import type { TraceModuleOptions } from '../libs/trace/src/trace.options.js';
import { JournalWriter } from '../libs/trace/src/journal/write/writer.js';
import { ADAPTERS } from './support/nest-app.js';

const work = traced(
  async (body: unknown) => {
    trace.traceEvent('step', body);
    trace.traceRoute('a', 'b');
    trace.traceError('work', new Error('caught'));
    trace.traceContact('other');
    trace.traceReply('hi');
    return { same: trace.currentTrace() === trace.traceCarrier() };
  },
  { kind: 'tool', name: 'work' },
);

/** Uses every hook there is. No response may depend on any of them. */
@Controller('webhook')
class EveryController {
  @Post()
  @HttpCode(202)
  async receive(@Body() body: unknown) {
    waitUntil(Promise.resolve());
    await work(body);
    await runInTrace({ contactId: 'inner' }, async () => bindTrace(() => trace.traceEvent('bound'))());
    return { accepted: true };
  }

  @Post('throws')
  throws(): never {
    throw new BadRequestException(['first', 'second']);
  }

  @Get('observable')
  observable() {
    return of(1, 2).pipe(map((n) => ({ n })));
  }

  @Post('bigint')
  bigint() {
    return { n: 1n };
  }

  @Get('file')
  file(): StreamableFile {
    return new StreamableFile(Buffer.from('bytes'));
  }

  @Get('res')
  async res(@Res() response: { status(code: number): { send(body: unknown): void } }): Promise<void> {
    response.status(200).send('by hand');
    await work(1);
  }

  @Sse('sse')
  sse() {
    return from([1, 2]).pipe(map((n) => ({ id: String(n), data: { n } })));
  }
}

const json = (path: string, body: string): string =>
  `POST ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const get = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`;
const REQUESTS = [
  json('/webhook', '{"contactId":"c1","body":"hola"}'),
  json('/webhook', '{"contactId":'),
  json('/webhook/throws', '{}'),
  json('/webhook/bigint', '{}'),
  json('/webhook/nowhere', '{}'),
  get('/webhook/observable'),
  get('/webhook/file'),
  get('/webhook/res'),
  get('/webhook/sse'),
];

const broken = (): never => {
  throw new Error('broken on purpose');
};

/** Every part of ours that runs in the application's requests, each made to throw. */
const INJECTIONS: [string, () => TraceModuleOptions | void][] = [
  ['the route predicate', () => ({ capture: { routes: broken } })],
  ['capture.contactId', () => ({ capture: { contactId: broken, message: broken } })],
  ['a dialect', () => ({ capture: { dialects: [{ name: 'broken', match: broken, extract: broken }] } })],
  ['the journal', () => void spy(JournalWriter.prototype, 'append')],
  ['opening a trace', () => void spy(TraceOpener.prototype, 'open')],
  ['an event', () => void spy(FlightRecorder.prototype, 'event')],
  ['an error', () => void spy(FlightRecorder.prototype, 'error')],
  ['a span', () => void spy(FlightRecorder.prototype, 'startSpan')],
  ['the end of a span', () => void spy(OpenSpan.prototype, 'end')],
  ['a hold', () => void spy(FlightRecorder.prototype, 'hold')],
  ['runInTrace', () => void spy(FlightRecorder.prototype, 'startTrace')],
  ['traceContact', () => void spy(FlightRecorder.prototype, 'contact')],
  ['currentTrace', () => void spy(FlightRecorder.prototype, 'contextOf')],
  ['identifying', () => void spy(ContactResolver.prototype, 'resolve')],
  ['looking for a body', () => void spy(ContactResolver.prototype, 'resolveIfReady')],
  ['looking a trace up', () => void spy(TraceRegistry.prototype, 'get')],
  ['keeping a trace', () => void spy(TraceRegistry.prototype, 'add')],
  ['making ids', () => void spy(IdGenerator.prototype, 'nextInstant')],
  ['making span ids', () => void spy(IdGenerator.prototype, 'spanId')],
  ['the clock', () => void spy(SystemClock.prototype, 'now')],
  ['the sweep of running traces', () => void spy(Lifecycle.prototype, 'sweep')],
];

/** The spied methods stay callable: only their work throws. */
function spy(prototype: object, method: string): void {
  jest.spyOn(prototype as Record<string, () => void>, method).mockImplementation(broken);
}

interface Answers {
  answers: string[];
  internalErrors: number;
}

async function answers(adapter: string, options: TraceModuleOptions | undefined): Promise<Answers> {
  const imports = options ? [TraceModule.forRoot(options)] : [];
  const module = await Test.createTestingModule({ imports, controllers: [EveryController as Type] }).compile();
  const http = adapter === 'fastify' ? new FastifyAdapter() : new ExpressAdapter();
  const app = module.createNestApplication(http as ExpressAdapter, { logger: false, forceCloseConnections: true });
  await app.listen(0, '127.0.0.1');
  try {
    const { port } = app.getHttpServer().address();
    const texts: string[] = [];
    for (const request of REQUESTS) texts.push(sameEveryTime(await exchange(port, request)));
    // The sweep of running traces has a separate timer.
    if (options) await new Promise((resolve) => setTimeout(resolve, 60));
    return { answers: texts, internalErrors: options ? app.get(InternalErrors).count : 0 };
  } finally {
    await app.close();
  }
}

/** Without parts that differ between any two responses, and without the header we add. */
function sameEveryTime(text: string): string {
  return text.replace(/^(?:date|x-trace-id): .*\r\n/gim, '');
}

function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
      // Nest keeps the connection of an event stream alive, whatever the client requests: its last chunk is its end.
      if (text.endsWith('\r\n0\r\n\r\n')) socket.end();
    });
    socket.setTimeout(5_000, () => socket.destroy(new Error(`no end of the answer to ${bytes.slice(0, 40)}: ${text}`)));
    socket.on('error', reject).on('close', () => resolve(text));
  });
}

describe.each(ADAPTERS)('a collector that fails, on %s', (adapter) => {
  const dir = mkdtempSync(join(tmpdir(), 'trace-test-'));
  let untraced: string[];
  const uncaught: unknown[] = [];
  const note = (error: unknown): void => void uncaught.push(error);
  beforeAll(async () => {
    ({ answers: untraced } = await answers(adapter, undefined));
    process.on('unhandledRejection', note);
    process.on('uncaughtException', note);
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => {
    process.off('unhandledRejection', note);
    process.off('uncaughtException', note);
    rmSync(dir, { recursive: true, force: true });
  });

  const options = { storage: { dir }, lifecycle: { quietMs: 20 }, debug: { enabled: false } };

  it('a working one leaves every response unchanged, and counts no fault', async () => {
    const outcome = await answers(adapter, options);
    expect(outcome.answers).toEqual(untraced);
    expect(outcome.internalErrors).toBe(0);
  });

  it.each(INJECTIONS)(
    'in %s: the responses are the same, byte by byte, and the fault is counted',
    async (_what, inject) => {
      const outcome = await answers(adapter, { ...options, ...inject() });
      expect(outcome.answers).toEqual(untraced);
      expect(outcome.internalErrors).toBeGreaterThan(0);
      expect(uncaught).toEqual([]);
    },
  );
});
