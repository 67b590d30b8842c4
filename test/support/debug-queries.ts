import { TraceCollectorError } from '../../libs/trace/src/model/errors.js';
import type {
  StreamParams,
  TraceLimits,
  TraceQueries,
  TracesParams,
  ValueQueries,
} from '../../libs/trace/src/contract/trace-queries.js';
import type {
  ErrorGroupState,
  EventDto,
  ExportResponse,
  FullTraceResponse,
  HealthResponse,
  StreamMessage,
  TraceListItem,
  ValueKind,
} from '../../libs/trace/src/contract/responses.js';

export const TRACE_ID = 'z49hFQn0DxOX5sInJg60_20240120_143022_123456';

export const ITEM: TraceListItem = {
  trace_id: TRACE_ID,
  contact_id: 'z49hFQn0DxOX5sInJg60',
  started_at: '2024-01-20T14:30:22.123456Z',
  duration_ms: 3247,
  status: 'completed',
  message: 'Quiero agendar una cita',
  errors: 0,
  events: 5,
  route: 'supervisor → sofia',
};

export const EXPORT: ExportResponse = {
  trace_id: TRACE_ID,
  contact_id: ITEM.contact_id,
  duration_ms: 3247,
  status: 'completed',
  webhook_message: 'Quiero agendar una cita',
  timeline: ["[14:30:22] 📥 Received: 'Quiero agendar una cita'", '[14:30:23] 🔀 Route: supervisor → sofia'],
  summary: { lead_score: 8, message_sent: true },
  debug_hints: ['✅ Workflow completed successfully'],
};

const FULL: FullTraceResponse = {
  ...EXPORT,
  started_at: ITEM.started_at,
  ended_at: '2024-01-20T14:30:25.370456Z',
  traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
  webhook: {
    method: 'POST',
    path: '/webhook',
    type: 'generic',
    direction: 'inbound',
    message_id: null,
    body: {},
    status_code: 200,
    acknowledged_ms: 3,
    duplicate_of: null,
    handler: 'WebhookController.receive',
  },
  events: [],
  errors: [],
};

export const HEALTH: HealthResponse = {
  status: 'ok',
  reasons: [],
  total_traces: 1,
  active_traces: 0,
  error_traces: 0,
  timestamp: '2024-01-20T14:30:30.000000Z',
  journal: { bytes: 100, segments: 1, lag: 0 },
  dropped: {},
  corrupt_records: 0,
  self_errors: 0,
  version: '0.0.0',
};

/** Returns fixed data, records its calls, and streams the messages that a test pushes. Positions are `p1`, `p2`, … */
export class FakeQueries implements TraceQueries, ValueQueries {
  readonly asked: { method: string; argument: unknown }[] = [];
  readonly streams: StreamParams[] = [];
  items: TraceListItem[] = [ITEM];
  exported: ExportResponse = EXPORT;
  failWith: unknown;
  /** Open streams. */
  openStreams = 0;
  private readonly log: StreamMessage[] = [];
  private wake = new Set<() => void>();
  private streamError: unknown;

  health = () => this.answer('health', undefined, HEALTH);
  traces = (params: TracesParams) =>
    this.answer('traces', params, { count: this.items.length, traces: this.items, next: null });
  trace = (id: string) => {
    if (!TRACE_ID.startsWith(id)) throw new TraceCollectorError('TRACE_NOT_FOUND', `There is no trace "${id}".`);
    return this.answer('trace', id, FULL);
  };
  leanTrace = (id: string, limits: TraceLimits) => this.answer('leanTrace', { id, ...limits }, FULL);
  event = (id: string, seq: number) => this.answer('event', { id, seq }, { trace_id: id, event: { seq } as EventDto });
  export = (id: string) => this.answer('export', id, this.exported);
  lastTrace = () => this.answer('lastTrace', undefined, FULL);
  lastError = () => this.answer('lastError', undefined, undefined as never);
  active = () => this.answer('active', undefined, { count: 0, traces: [] });
  instances = () => this.answer('instances', undefined, { count: 0, instances: [] });
  stats = (range: { since?: number; until?: number }) => this.answer('stats', range, { total_traces: 1 } as never);
  quickDebug = (contact: string) => this.answer('quickDebug', contact, { contact_id: contact } as never);
  contact = (contact: string, limit?: number) =>
    this.answer('contact', { contact, limit }, { contact_id: contact, count: 0, traces: [], timeline: [] });
  clear = (options: { keepErrors: boolean }) => this.answer('clear', options, { removed: 3 });
  pin = (id: string, pinned: boolean) => this.answer('pin', { id, pinned }, { trace_id: id, pinned });
  errorGroups = (params: object) => this.answer('errorGroups', params, { groups: [] } as never);
  setErrorState = (fingerprint: string, state: ErrorGroupState) =>
    this.answer('setErrorState', { fingerprint, state }, { fingerprint, state, state_since: null });
  values = (of: ValueKind, prefix?: string) => this.answer('values', { of, prefix }, { of, values: [] });
  eraseContact = (contact: string, { scrub }: { scrub?: boolean } = {}) =>
    this.answer('eraseContact', scrub ? { contact, scrub } : contact, { removed: 2 });

  push(data: object = {}): string {
    const id = `p${this.log.length + 1}`;
    this.log.push({ type: 'trace.ended', id, data: { ...ITEM, ...data, id } });
    this.wakeAll();
    return id;
  }

  breakStreams(error: unknown): void {
    this.streamError = error;
    this.wakeAll();
  }

  async *stream(params: StreamParams): AsyncGenerator<StreamMessage> {
    this.streams.push(params);
    this.openStreams += 1;
    try {
      if (params.after !== undefined && !/^p\d+$/.test(params.after)) {
        throw new TraceCollectorError('BAD_POSITION', `"${params.after}" is no position.`);
      }
      let next = params.after === undefined ? this.log.length : Number(params.after.slice(1));
      params.onReady?.();
      while (!params.signal?.aborted) {
        if (this.streamError) throw this.streamError;
        const message = this.log[next];
        if (message) {
          next += 1;
          yield message;
        } else await this.sleep(params.signal);
      }
    } finally {
      this.openStreams -= 1;
    }
  }

  private async answer<T>(method: string, argument: unknown, value: T): Promise<T> {
    this.asked.push({ method, argument });
    if (this.failWith) throw this.failWith;
    return value;
  }

  private sleep(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const up = () => {
        this.wake.delete(up);
        signal?.removeEventListener('abort', up);
        resolve();
      };
      this.wake.add(up);
      signal?.addEventListener('abort', up);
    });
  }

  private wakeAll(): void {
    for (const up of this.wake) up();
  }
}
