/** The answers of the fake server: the guide's trace, and one that failed. */
export const OK_ID = 'z49hFQn0DxOX5sInJg60_20240120_143022_123456';
export const FAILED_ID = 'maria-1_20240120_150000_000001';

const hostile = 'evil \u001b[31mred\u001b]0;title\u0007 \u202Egnp.exe';

export const EXPORT = {
  trace_id: OK_ID,
  contact_id: 'z49hFQn0DxOX5sInJg60',
  duration_ms: 3247,
  status: 'completed',
  webhook_message: 'Quiero agendar una cita',
  timeline: [
    "[14:30:22] 📥 Received: 'Quiero agendar una cita'",
    '[14:30:22] 🧠 Intelligence: score=8',
    '[14:30:23] 🔀 Route: supervisor → sofia',
    '[14:30:24] 🔧 Tool: check_calendar_availability',
    "[14:30:25] 📤 Sent: '¡Perfecto! Tengo estos horarios...'",
  ],
  summary: { lead_score: 8, suggested_agent: 'sofia', routing_path: ['supervisor → sofia'], message_sent: true },
  debug_hints: ['✅ Workflow completed successfully'],
};

const EVENT = {
  seq: 3,
  timestamp: '2024-01-20T14:30:22.200000Z',
  type: 'intelligence_analysis',
  name: null,
  span_id: null,
  parent_span_id: null,
  duration_ms: null,
  data: { lead_score: 8 },
};

const WEBHOOK = {
  method: 'POST',
  path: '/webhook',
  type: 'generic',
  direction: 'inbound',
  message_id: null,
  body: { contactId: 'z49hFQn0DxOX5sInJg60', body: 'Quiero agendar una cita' },
  status_code: 202,
  acknowledged_ms: 4,
  duplicate_of: null,
  handler: 'WebhookController.receive',
};

export const TRACE = {
  ...EXPORT,
  started_at: '2024-01-20T14:30:22.123456Z',
  ended_at: '2024-01-20T14:30:25.370456Z',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  webhook: WEBHOOK,
  events: [EVENT],
  errors: [] as object[],
};

const ERROR = {
  timestamp: '2024-01-20T15:00:01.000000Z',
  location: 'CalendarTool.check',
  type: 'TypeError',
  message: hostile,
  stack: `TypeError: ${hostile}\n    at CalendarTool.check (calendar.ts:10:5)`,
  cause: null,
  context: null,
  fingerprint: 'f1f2f3f4',
};

const FAILED_EXPORT = {
  ...EXPORT,
  trace_id: FAILED_ID,
  contact_id: 'maria-1',
  status: 'error',
  timeline: ["[15:00:00] 📥 Received: 'Hola'", '[15:00:01] ❌ ERROR: CalendarTool.check: evil'],
  debug_hints: ['❌ 1 error: CalendarTool.check'],
  errors: [ERROR],
};

export const LAST_ERROR = {
  ...TRACE,
  ...FAILED_EXPORT,
  error_summary: { count: 1, first_error: ERROR, locations: ['CalendarTool.check'] },
  export_command: `npx nestjs-trace-collector trace ${FAILED_ID} --export > trace.json`,
};

export const ITEM = {
  trace_id: OK_ID,
  contact_id: 'z49hFQn0DxOX5sInJg60',
  started_at: '2024-01-20T14:30:22.123456Z',
  duration_ms: 3247,
  status: 'completed',
  message: 'Quiero agendar una cita',
  errors: 0,
  events: 6,
  route: 'supervisor → sofia',
};

export const FAILED_ITEM = {
  ...ITEM,
  trace_id: FAILED_ID,
  contact_id: 'maria-1',
  status: 'error',
  message: hostile,
  errors: 1,
};

export const STATS = {
  since: null,
  until: null,
  total_traces: 2,
  error_traces: 1,
  error_rate: 0.5,
  average_duration_ms: 3247,
  p50_ms: 3247,
  p95_ms: 3247,
  p99_ms: 3247,
  agent_routing: { 'supervisor → sofia': 2 },
  tools: { check_calendar_availability: 2 },
  active_traces: 0,
  by_status: { active: 0, completed: 1, error: 1, silent: 0, timeout: 0, interrupted: 0 },
  histogram: [{ from: '2024-01-20T14:00:00.000000Z', to: '2024-01-20T15:00:00.000000Z', total: 2, errors: 1 }],
};

export const HEALTH = {
  status: 'ok',
  reasons: [] as string[],
  total_traces: 2,
  active_traces: 0,
  error_traces: 1,
  timestamp: '2024-01-20T16:00:00.000000Z',
  journal: { bytes: 2048, segments: 1, lag: 0 },
  dropped: {},
  corrupt_records: 0,
  self_errors: 0,
  version: '0.1.0',
};

const ERROR_GROUPS = {
  since: null,
  until: null,
  examined: 2,
  complete: true,
  bars_from: ITEM.started_at,
  bars_to: ITEM.started_at,
  groups: [
    {
      fingerprint: ERROR.fingerprint,
      type: ERROR.type,
      location: ERROR.location,
      message: hostile,
      count: 4,
      traces: 2,
      contacts: 1,
      first_seen: ITEM.started_at,
      last_seen: ITEM.started_at,
      last_trace_id: FAILED_ID,
      state: 'open',
      state_since: null,
      bars: [4],
    },
  ],
};

/** Responses by `METHOD /path`. */
export const ANSWERS: Record<string, unknown> = {
  'GET /health': HEALTH,
  'GET /traces': { count: 2, traces: [FAILED_ITEM, ITEM], next: null },
  [`GET /trace/${OK_ID}`]: TRACE,
  'GET /trace/z49': TRACE,
  [`GET /trace/${OK_ID}/export`]: EXPORT,
  [`GET /trace/${FAILED_ID}/export`]: FAILED_EXPORT,
  'GET /trace/z49/export': EXPORT,
  'GET /errors': ERROR_GROUPS,
  'PUT /errors/f1f2f3f4': { fingerprint: 'f1f2f3f4', state: 'resolved', state_since: ITEM.started_at },
  'GET /last-trace': TRACE,
  'GET /last-error': LAST_ERROR,
  'GET /active': {
    count: 1,
    traces: [
      {
        ...ITEM,
        status: 'active',
        events_so_far: 2,
        open_span: {
          span_id: 'b7ad6b7169203331',
          type: 'tool',
          name: 'book',
          started_at: ITEM.started_at,
          open_ms: 900,
        },
      },
    ],
  },
  'GET /stats': STATS,
  'GET /quick-debug/maria-1': {
    contact_id: 'maria-1',
    recent_traces: [FAILED_ITEM],
    latest_trace: {
      trace_id: FAILED_ID,
      status: 'error',
      timeline: FAILED_EXPORT.timeline,
      errors: [ERROR],
      summary: FAILED_EXPORT.summary,
      debug_hints: FAILED_EXPORT.debug_hints,
    },
    export_commands: [LAST_ERROR.export_command],
  },
  'GET /contacts/maria-1': {
    contact_id: 'maria-1',
    count: 1,
    traces: [FAILED_ITEM],
    timeline: [{ trace_id: FAILED_ID, timestamp: ITEM.started_at, line: "[15:00:00] 📥 Received: 'Hola'" }],
  },
  'PUT /trace/z49/pin': { trace_id: OK_ID, pinned: true },
  'DELETE /trace/z49/pin': { trace_id: OK_ID, pinned: false },
  'POST /clear': { removed: 2 },
  'DELETE /contacts/maria-1': { removed: 1 },
};
