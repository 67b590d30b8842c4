import { existsSync } from 'node:fs';
import { Body, Controller, Module, Post } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { runInTrace } from '../context/functions/run-in-trace.js';
import { currentTrace, traceError, traceEvent, traceReply, traceRoute } from '../context/functions/trace-functions.js';
import { Traced } from '../context/decorators/traced.decorator.js';
import { TraceModule } from '../trace.module.js';
import { TraceService } from '../trace.service.js';
import { TestClock } from './test-clock.js';
import { openTestStore } from './test-store.js';
import { TestTraces } from './test-traces.js';
import { TraceTestingModule, tracesOf, type TraceTestingOptions } from './trace-testing.module.js';
import { webhooks } from './webhooks/webhooks.js';

class Calendar {
  @Traced({ kind: 'tool', name: 'check_calendar' })
  async check(day: string): Promise<string[]> {
    return [`${day} 10:00`];
  }
}

@Controller('webhook')
class WebhookController {
  private readonly calendar = new Calendar();

  @Post()
  async receive(@Body() { body }: { body: string }) {
    traceEvent('intelligence_analysis', { lead_score: 8 });
    traceRoute('supervisor', 'sofia');
    if (body === 'fail') throw new Error('no calendar');
    await this.calendar.check('monday');
    traceReply('10:00?');
    return { trace: currentTrace()?.traceId };
  }
}

async function start(options?: TraceTestingOptions): Promise<INestApplication> {
  const module = await Test.createTestingModule({
    imports: [TraceTestingModule.forRoot(options)],
    controllers: [WebhookController],
  }).compile();
  const app = module.createNestApplication({ logger: false });
  await app.listen(0, '127.0.0.1');
  return app;
}

async function send(app: INestApplication, webhook: RequestInit): Promise<Response> {
  return fetch(`${await app.getUrl()}/webhook`, webhook);
}

describe('TraceTestingModule', () => {
  let app: INestApplication | undefined;
  let traces: TestTraces;

  const begin = async (options?: TraceTestingOptions) => {
    app = await start(options);
    traces = app.get(TestTraces);
    return app;
  };
  afterEach(async () => {
    await app?.close();
    app = undefined;
  });

  it('returns the trace of a webhook once it has ended', async () => {
    await send(await begin(), webhooks.generic({ contactId: 'ana' }));
    const trace = await traces.waitFor({ contactId: 'ana' });
    expect(trace.status).toBe('completed');
    expect(trace.timeline.map((line) => line.slice(11))).toEqual([
      "📥 Received: 'Hola'",
      '🧠 Intelligence: score=8',
      '🔀 Route: supervisor → sofia',
      '🔧 Tool: check_calendar',
      "📤 Sent: '10:00?'",
    ]);
  });

  it('records the same trace every time, to the last microsecond and id', async () => {
    const one = async () => {
      await send(await begin(), webhooks.generic({ contactId: 'ana', messageId: 'm1' }));
      const trace = await traces.waitFor({ contactId: 'ana' });
      await app!.close();
      return trace;
    };
    const [first, second] = [await one(), await one()];
    expect(second).toEqual(first);
    expect(first.trace_id).toMatch(/^ana_20240120_143022_123\d{3}$/);
    expect(first.timeline[0]).toBe("[14:30:22] 📥 Received: 'Hola'");
    // A millisecond per record: identify, score, route, span, span_end, reply, response come after the opening.
    expect(first.duration_ms).toBe(7);
    expect(first.events.find(({ name }) => name === 'check_calendar')?.duration_ms).toBe(1);
  });

  it('starts and advances its clock on request', async () => {
    await begin({ startAt: '2030-06-01T09:00:00Z' });
    runInTrace({ contactId: 'ana', type: 'cron' }, () => {
      app!.get(TestClock).advance(90_000);
      traceReply('late');
    });
    const trace = await traces.waitFor({ contactId: 'ana' });
    expect(trace.timeline).toEqual(['[09:00:00] 📥 Received: cron', "[09:01:30] 📤 Sent: 'late'"]);
    expect(trace.duration_ms).toBeGreaterThanOrEqual(90_000);
    expect(() => TraceTestingModule.forRoot({ startAt: 'soon' })).toThrow('startAt is "soon", which is no date');
  });

  it('keeps traces in a directory on request', async () => {
    await send(await begin({ storage: 'directory' }), webhooks.generic({ contactId: 'ana' }));
    expect((await traces.waitFor({ contactId: 'ana' })).status).toBe('completed');
    expect((await app!.get(TraceService).health()).journal.bytes).toBeGreaterThan(0);
  });

  it('removes that directory at the end', async () => {
    const store = openTestStore('directory', new TestClock());
    expect(existsSync(store.dir!)).toBe(true);
    await store.close();
    expect(existsSync(store.dir!)).toBe(false);
  });

  it('passes options on', async () => {
    await begin({ lifecycle: { expectReply: true }, eventTypes: { ping: { icon: '🏓' } } });
    runInTrace({ contactId: 'ana' }, () => traceEvent('ping'));
    expect((await traces.waitFor({ contactId: 'ana' })).timeline.join()).toContain('🏓');
  });

  it('replaces a TraceModule that the application imports, over its options', async () => {
    @Module({
      imports: [TraceModule.forRoot({ storage: { dir: '/nowhere/to/write' }, eventTypes: { ping: { icon: '🏓' } } })],
    })
    class AppModule {}
    const module = await TraceTestingModule.override(Test.createTestingModule({ imports: [AppModule] })).compile();
    app = module.createNestApplication({ logger: false });
    await app.init();
    runInTrace({ contactId: 'ana' }, () => traceEvent('ping'));
    const trace = await tracesOf(app).waitFor({ contactId: 'ana' });
    expect(trace.trace_id).toMatch(/^ana_20240120_143022_/);
    expect(trace.timeline.join()).toContain('🏓');
  });
});

describe('waitFor', () => {
  let app: INestApplication;
  let traces: TestTraces;
  beforeEach(async () => {
    app = await start();
    traces = app.get(TestTraces);
  });
  afterEach(() => app.close());

  it('waits for a trace that does not exist yet', async () => {
    const waiting = traces.waitFor({ contactId: 'later' });
    await send(app, webhooks.generic({ contactId: 'sooner' }));
    await send(app, webhooks.generic({ contactId: 'later' }));
    expect((await waiting).contact_id).toBe('later');
  });

  it('matches the second webhook of a contact to its second trace', async () => {
    await send(app, webhooks.generic({ contactId: 'ana', message: 'one' }));
    expect((await traces.waitFor({ contactId: 'ana' })).webhook_message).toBe('one');
    await send(app, webhooks.generic({ contactId: 'ana', message: 'two' }));
    expect((await traces.waitFor({ contactId: 'ana' })).webhook_message).toBe('two');
  });

  it('waits for a status, a running one too', async () => {
    let finish!: () => void;
    const work = new Promise<void>((resolve) => void (finish = resolve));
    runInTrace({ contactId: 'ana' }, () => work);
    expect((await traces.waitFor({ contactId: 'ana', status: 'active' })).ended_at).toBeNull();
    finish();
    expect((await traces.waitFor({ contactId: 'ana', status: 'completed' })).ended_at).not.toBeNull();
    await send(app, webhooks.generic({ contactId: 'ana', message: 'fail' }));
    expect((await traces.waitFor({ contactId: 'ana', status: 'error' })).errors[0]!.message).toBe('no calendar');
  });

  it('returns an error that comes after the end', async () => {
    let late!: () => void;
    runInTrace({ contactId: 'ana' }, () => {
      const context = app.get(TraceService).bindTrace(() => traceError('late', new Error('too late')));
      late = context;
    });
    await traces.waitFor({ contactId: 'ana', status: 'completed' });
    const failed = traces.waitFor({ contactId: 'ana', status: 'error' });
    late();
    expect((await failed).errors).toHaveLength(1);
  });

  it('finds a trace by the id in the response', async () => {
    const first = await send(app, webhooks.generic({ contactId: 'ana', message: 'one' }));
    await send(app, webhooks.generic({ contactId: 'ana', message: 'two' }));
    const traceId = first.headers.get('x-trace-id')!;
    expect((await traces.waitFor({ traceId })).webhook_message).toBe('one');
    expect((await traces.waitFor({ traceId, contactId: 'ana' })).trace_id).toBe(traceId);
  });

  it('fails with a list of the actual traces', async () => {
    await expect(traces.waitFor({ contactId: 'ana' }, 30)).rejects.toThrow(
      'No trace of contact "ana" ended within 30 ms.\nThere were no traces at all: ',
    );
    await send(app, webhooks.generic({ contactId: 'bob', message: 'fail' }));
    const { trace_id } = await traces.waitFor({ contactId: 'bob' });
    const error = await traces.waitFor({ contactId: 'bob', status: 'completed' }, 30).catch((e: unknown) => e);
    expect((error as Error).message).toMatch(
      new RegExp(
        `^No trace of contact "bob" became "completed" within 30 ms\\.\nThere were, newest first:\n  error  ${trace_id}  contact "bob", \\d+ events, 1 errors, message "fail"$`,
      ),
    );
  });
});
