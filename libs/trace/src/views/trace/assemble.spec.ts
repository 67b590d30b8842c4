import { fullTraceOf } from '../../../../../test/support/full-trace-of.js';
import { array, assert, constantFrom, property, record, shuffledSubarray } from 'fast-check';
import { guideStory, Story } from '../../../../../test/support/story.js';
import type { TraceRecord } from '../../model/record.js';
import { emptyHead, reduceHead } from '../../model/trace.reducer.js';
import { assemble, openSpans } from './assemble.js';

const busy = new Story()
  .open()
  .event('signature_checked', { ok: true })
  .at(5)
  .span('a', 'agent', 'sofia', { input: { lead: 1 } })
  .identify({ body: { x: 1 }, message_id: 'm1' })
  .handler('Webhook.receive')
  .response(202, 9)
  .span('b', 'tool', 'calendar', { parent: 'a' })
  .spanEnd('b', 40, { outcome: 'error' })
  .error('Sofia.calendar', 'down', { span: 'b', stack: 'Error: down\n  at x', cause: [{ message: 'net' }] })
  .event('note', 'text', { span: 'a', ms: 3 })
  .spanEnd('a', 90, { output: 'done' })
  .end('error')
  .event('crm', {}, { late: true });

describe('assemble', () => {
  it('starts with the webhook, at its arrival, then keeps the order of writing', () => {
    const { events } = assemble(busy.stored());
    expect(events.map(({ dto }) => dto.type)).toEqual([
      'webhook_received',
      'signature_checked',
      'agent',
      'webhook_acknowledged',
      'tool',
      'error',
      'note',
      'crm',
    ]);
    expect(events[0]?.dto).toMatchObject({ seq: 4, timestamp: '2024-01-20T14:30:22.123456Z' });
    expect(events[0]?.dto.data).toEqual({
      message: 'Quiero agendar una cita',
      type: 'generic',
      direction: 'inbound',
      message_id: 'm1',
      method: 'POST',
      path: '/webhook',
    });
  });

  it('merges a span into one event and names the span in which a point happened', () => {
    const { events } = assemble(busy.stored());
    expect(events.find(({ span }) => span?.id === 'b')?.dto).toMatchObject({
      name: 'calendar',
      parent_span_id: 'a',
      duration_ms: 40,
      data: { outcome: 'error' },
    });
    expect(events.find(({ dto }) => dto.type === 'note')?.dto).toMatchObject({
      name: null,
      span_id: 'a',
      parent_span_id: null,
      duration_ms: 3,
      data: 'text',
    });
  });

  it('lists an error as an event, and in full in `errors`', () => {
    const { events, errors } = assemble(busy.stored());
    expect(events.find(({ dto }) => dto.type === 'error')?.dto).toMatchObject({ name: 'Sofia.calendar' });
    expect(errors.map(({ dto }) => dto)).toEqual([
      {
        timestamp: '2024-01-20T14:30:22.128456Z',
        location: 'Sofia.calendar',
        type: 'Error',
        message: 'down',
        stack: 'Error: down\n  at x',
        cause: [{ message: 'net' }],
        context: null,
        fingerprint: 'Sofia.calendar:down',
      },
    ]);
  });

  it('calls a refused webhook rejected', () => {
    const { events } = assemble(new Story().open().response(401, 3, { aborted: true }).end('error').stored());
    expect(events.map(({ dto }) => [dto.type, dto.data])).toEqual([
      ['webhook_rejected', { status_code: 401, ms: 3, aborted: true }],
    ]);
  });

  it('calls a webhook aborted if the client left before the response', () => {
    const { events } = assemble(new Story().open().response(499, 3, { aborted: true }).end('completed').stored());
    expect(events.map(({ dto }) => dto.type)).toEqual(['webhook_aborted']);
  });

  it('keeps a span open if its end was lost, and drops an end without its span', () => {
    const trace = assemble(new Story().open().span('a', 'llm', 'x').spanEnd('zz', 3).stored());
    expect(openSpans(trace).map(({ id }) => id)).toEqual(['a']);
    expect(trace.events).toHaveLength(1);
  });

  it('shows as many events as the reducer counts, and never throws for a torn journal', () => {
    const records: TraceRecord[] = [...guideStory().records, ...busy.records];
    const status = constantFrom('active' as const, 'interrupted' as const, 'timeout' as const, 'error' as const);
    const torn = record({ kept: shuffledSubarray(records), extra: array(constantFrom(...records)), status });
    assert(
      property(torn, ({ kept, extra, status: forced }) => {
        const head = emptyHead('1-1');
        const all = [...kept, ...extra];
        for (const one of all) reduceHead(head, one);
        const full = fullTraceOf({ head: { ...head, status: forced }, records: all }, { slowMs: 0, duplicateOf: 'x' });
        expect(full.events).toHaveLength(head.events);
        expect(full.errors).toHaveLength(head.errors);
        expect(full.debug_hints.length).toBeGreaterThan(0);
        expect(full.debug_hints).not.toContain('✅ Workflow completed successfully');
      }),
      { numRuns: 300 },
    );
  });
});
