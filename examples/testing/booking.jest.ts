import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { traceMatchers, tracesOf, TraceTestingModule, webhooks } from 'nestjs-trace-collector/testing';
import { AppModule } from './app.module.js';

expect.extend(traceMatchers);

describe('a booking', () => {
  let app: INestApplication;

  beforeAll(async () => {
    // Keeps the options of the application; traces stay in memory.
    const builder = TraceTestingModule.override(Test.createTestingModule({ imports: [AppModule] }));
    app = (await builder.compile()).createNestApplication({ logger: false });
    await app.listen(0);
  });

  afterAll(() => app.close());

  it('is routed to sofia, who looks into the calendar and answers', async () => {
    const webhook = webhooks.gohighlevel({ contactId: 'ana', message: 'Quiero agendar una cita' });
    const response = await fetch(`${await app.getUrl()}/webhook`, webhook);
    expect(response.status).toBe(202);

    // No sleep: this resolves when the trace has ended.
    const trace = await tracesOf(app).waitFor({ contactId: 'ana', status: 'completed' });
    expect(trace).toHaveRoute('supervisor', 'sofia');
    expect(trace).toHaveCalledTool('check_calendar_availability', { times: 1 });
    expect(trace).toHaveReplied('Perfecto');
    expect(trace).toHaveNoOpenSpans();
  });
});
