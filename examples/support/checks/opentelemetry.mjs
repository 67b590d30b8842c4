import assert from 'node:assert/strict';
import { COMPLETED, expectTrace } from '../expect-trace.mjs';

export const env = {
  OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example',
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  OTEL_METRICS_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
  OTEL_BSP_SCHEDULE_DELAY: '100',
};

const W3C_ID = '4bf92f3577b34da6a3ce929d0e0e4736';

export const sample = ({ generic }, contactId = 'ana') => ({
  path: '/webhook',
  request: generic({ contactId, message: 'Hola' }),
});

/** Value of a span's attribute. */
const attribute = (span, name) => span.attributes.find(({ key }) => key === name)?.value.stringValue;

export async function run({ step, send, ask, traceOf, fakes, webhooks }) {
  /** Exported spans, by the OTLP requests that the collector received. */
  const exported = async (isWanted) => {
    const deadline = Date.now() + 60_000;
    for (;;) {
      const requests = fakes.calls.filter(({ path }) => path === '/v1/traces');
      const scopes = requests.flatMap(({ body }) => body.resourceSpans).flatMap((resource) => resource.scopeSpans);
      const spans = scopes.flatMap((scope) => scope.spans);
      const found = spans.filter(isWanted);
      if (found.length > 0) return found;
      if (Date.now() > deadline) throw new Error(`Not exported: ${JSON.stringify(spans)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const lines = ["📥 Received: 'Hola'", '🤖 Agent: sofia', "📤 Sent: 'Recibí: Hola'"];

  await step('a traceparent of the sender gives both the same W3C trace id', async () => {
    const { path, request } = sample(webhooks);
    const response = await send(path, request, { traceparent: `00-${W3C_ID}-00f067aa0ba902b7-01` });
    const trace = await traceOf(response);
    expectTrace(trace, { status: 'completed', lines, hints: COMPLETED });
    assert.equal(trace.traceparent.split('-')[1], W3C_ID);
    const [span] = await exported((one) => attribute(one, 'trace_collector.trace_id') === trace.trace_id);
    assert.equal(span.traceId, W3C_ID);
  });
  await step('without one, each has the other’s id', async () => {
    // Two equal replies to one contact are a hint.
    const { path, request } = sample(webhooks, 'bob');
    const trace = await traceOf(await send(path, request));
    expectTrace(trace, { status: 'completed', lines, hints: COMPLETED });
    const [span] = await exported((one) => attribute(one, 'trace_collector.trace_id') === trace.trace_id);
    const { traces } = await ask(`traces?tag=${encodeURIComponent(`otel_trace_id=${span.traceId}`)}`);
    assert.deepEqual(
      traces.map(({ trace_id }) => trace_id),
      [trace.trace_id],
    );
  });
  await step('the export to the collector is in no trace', async () => {
    const { path, request } = sample(webhooks);
    const { traceId } = await send(path, request);
    await exported((one) => attribute(one, 'trace_collector.trace_id') === traceId);
    const { traces } = await ask('traces');
    const all = await Promise.all(traces.map((one) => traceOf({ traceId: one.trace_id })));
    assert.ok(!JSON.stringify(all).includes('collector.example'));
  });
}
