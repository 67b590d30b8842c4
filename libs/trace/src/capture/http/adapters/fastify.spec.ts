import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import {
  Controller,
  type DynamicModule,
  type INestApplication,
  type MiddlewareConsumer,
  Module,
  Post,
} from '@nestjs/common';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { currentTrace, traceEvent } from '../../../context/functions/trace-functions.js';
import { TraceModule } from '../../../trace.module.js';

@Controller('webhook')
class HookedController {
  @Post()
  receive() {
    traceEvent('handled');
    return { ok: true };
  }
}

type Done = (error?: Error) => void;
type Reply = { header(name: string, value: string): unknown };
type Hook = (request: object, reply: Reply, done: Done) => unknown;

const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const mark = (reply: Reply): void => void reply.header('x-hook', 'ran');
const REFUSED = new Error('refused by a hook');

/** Each way in which a hook of Nest's Fastify adapter may end, and the status of the response. */
const HOOKS: [string, number, Hook][] = [
  ['a promise', 201, async (_request, reply) => (await later(), mark(reply))],
  ['a rejected promise', 500, async () => Promise.reject(await later().then(() => REFUSED))],
  // oxlint-disable-next-line unicorn/no-thenable -- the adapter takes what only looks like a promise, too
  ['a thenable', 201, (_request, reply) => ({ then: (ok: () => void) => (mark(reply), ok()) })],
  ['a callback', 201, (_request, reply, done) => (mark(reply), void setImmediate(done))],
  ['a callback with an error', 500, (_request, _reply, done) => void setImmediate(done, REFUSED)],
  ['a callback and a promise', 201, async (_request, reply, done) => (mark(reply), done(), later())],
  [
    'an error',
    500,
    () => {
      throw REFUSED;
    },
  ],
];

interface Answer {
  status: number;
  hook: string | null;
}

/** Starts the application, sends one webhook and closes it. */
async function send(app: INestApplication): Promise<Answer & { id: string | null }> {
  await app.listen(0, '127.0.0.1');
  try {
    const response = await fetch(`${await app.getUrl()}/webhook`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"contactId":"hooked"}',
      signal: AbortSignal.timeout(10_000),
    });
    await response.text();
    const { status, headers } = response;
    return { status, hook: headers.get('x-hook'), id: headers.get('x-trace-id') };
  } finally {
    await app.close();
  }
}

describe.each(['before', 'after'] as const)('a request hook that is set %s the module starts, and ends by', (when) => {
  const dir = mkdtempSync(join(tmpdir(), 'trace-test-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  async function answer(hook: Hook, imports: DynamicModule[]) {
    const traces: unknown[] = [];
    @Module({ imports, controllers: [HookedController] })
    class HookedModule {
      configure(consumer: MiddlewareConsumer): void {
        consumer
          .apply(
            (_request: unknown, _response: unknown, next: () => void) => (
              traces.push(currentTrace()?.traceId.replace(/^unknown_/, '')),
              next()
            ),
          )
          .forRoutes(HookedController);
      }
    }
    const adapter = new FastifyAdapter();
    if (when === 'before') adapter.setOnRequestHook(hook as never);
    const module = await Test.createTestingModule({ imports: [HookedModule] }).compile();
    const app = module.createNestApplication(adapter as never, { logger: false, forceCloseConnections: true });
    await app.init();
    if (when === 'after') adapter.setOnRequestHook(hook as never);
    return { ...(await send(app)), traces };
  }

  it.each(HOOKS)('%s: the response is that of an application without it', async (_kind, status, hook) => {
    const untraced = await answer(hook, []);
    expect(untraced).toMatchObject({ status, hook: status === 201 ? 'ran' : null, id: null });
    const traced = await answer(hook, [TraceModule.forRoot({ storage: { dir }, lifecycle: { quietMs: 20 } })]);
    expect(traced).toMatchObject({ status: untraced.status, hook: untraced.hook });
    // A hook that replaces ours and refuses the request ends it before the trace opens.
    const isTraced = status === 201 || when === 'before';
    expect(traced.id !== null).toBe(isTraced);
    // Nest's middleware is in the same trace whatever the hook has done to the context. Its contact is not yet known there.
    if (status === 201) expect(traced.traces).toEqual([traced.id?.replace(/^hooked_/, '')]);
  });
});
