import { Test } from '@nestjs/testing';
import { traceMatchers, tracesOf, TraceTestingModule, webhooks } from 'nestjs-trace-collector/testing';
import { AppModule } from '../src/example/app.module.js';

expect.extend(traceMatchers);

test('a booking is routed to sofia, who looks into the calendar and answers', async () => {
  const builder = TraceTestingModule.override(Test.createTestingModule({ imports: [AppModule] }));
  const app = (await builder.compile()).createNestApplication({ logger: false });
  await app.listen(0);

  const webhook = webhooks.gohighlevel({ contactId: 'ana', message: 'Quiero agendar una cita' });
  await fetch(`${await app.getUrl()}/webhook`, webhook);
  const trace = await tracesOf(app).waitFor({ contactId: 'ana', status: 'completed' });

  expect(trace).toHaveRoute('supervisor', 'sofia');
  expect(trace).toHaveCalledTool('check_calendar_availability', { times: 1 });
  expect(trace).toHaveReplied('Perfecto');
  expect(trace).toHaveNoOpenSpans();
  await app.close();
});
