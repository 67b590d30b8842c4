import { fullTraceOf } from '../../../../../test/support/full-trace-of.js';
import { guideStory, GUIDE_CONTACT, GUIDE_ID, GUIDE_START } from '../../../../../test/support/story.js';
import { exportTrace } from './export.js';

describe('the usage guide’s example', () => {
  const full = fullTraceOf(guideStory(), { now: GUIDE_START + 60_000_000 });
  const exported = exportTrace(full);

  it('has exactly the keys, in the order, of the guide', () => {
    expect(Object.keys(exported)).toEqual([
      'trace_id',
      'contact_id',
      'duration_ms',
      'status',
      'webhook_message',
      'timeline',
      'summary',
      'debug_hints',
    ]);
    expect(exported).toMatchObject({
      trace_id: GUIDE_ID,
      contact_id: GUIDE_CONTACT,
      duration_ms: 3247,
      status: 'completed',
      webhook_message: 'Quiero agendar una cita',
      debug_hints: ['✅ Workflow completed successfully'],
    });
  });

  it('has the guide’s timeline', () => {
    expect(exported.timeline).toEqual([
      "[14:30:22] 📥 Received: 'Quiero agendar una cita'",
      '[14:30:22] 🧠 Intelligence: score=8',
      '[14:30:23] 🔀 Route: supervisor → sofia',
      '[14:30:24] 🔧 Tool: check_calendar_availability',
      "[14:30:25] 📤 Sent: '¡Perfecto! Tengo estos horarios...'",
    ]);
  });

  it('has a summary with the guide’s keys first', () => {
    expect(JSON.stringify(exported.summary)).toBe(
      JSON.stringify({
        lead_score: 8,
        suggested_agent: 'sofia',
        routing_path: ['supervisor → sofia'],
        message_sent: true,
        tools: ['check_calendar_availability'],
        response_preview: '¡Perfecto! Tengo estos horarios...',
      }),
    );
  });

  it('has the contract’s keys in full', () => {
    expect(Object.keys(full)).toEqual([
      ...Object.keys(exported),
      'started_at',
      'ended_at',
      'traceparent',
      'webhook',
      'events',
      'errors',
    ]);
    expect(full.started_at).toBe('2024-01-20T14:30:22.123456Z');
    expect(full.ended_at).toBe('2024-01-20T14:30:25.370456Z');
    expect(full.webhook).toEqual({
      method: 'POST',
      path: '/webhook',
      type: 'generic',
      direction: 'inbound',
      message_id: null,
      body: null,
      status_code: 202,
      acknowledged_ms: 12,
      duplicate_of: null,
      handler: null,
    });
    expect(full.events.map(({ type, name, duration_ms }) => [type, name, duration_ms])).toEqual([
      ['webhook_received', null, null],
      ['webhook_acknowledged', null, null],
      ['intelligence_analysis', null, null],
      ['agent_routing', null, null],
      ['tool', 'check_calendar_availability', 500],
      ['message_sent', null, null],
    ]);
    expect(full.events[4]).toEqual({
      seq: 6,
      timestamp: '2024-01-20T14:30:24.023456Z',
      type: 'tool',
      name: 'check_calendar_availability',
      span_id: 'b1',
      parent_span_id: null,
      duration_ms: 500,
      data: { input: { day: 'friday' }, output: ['10:00', '12:00'] },
    });
  });

  it('survives JSON unchanged', () => {
    expect(JSON.parse(JSON.stringify(full))).toEqual(full);
  });
});
