import { TraceCollectorError } from '../../../libs/trace/src/model/errors.js';
import { contactRoute } from '../../../libs/trace/src/model/contact-route.js';
import type { Moment, TimeRange, TracesParams } from '../../../libs/trace/src/contract/trace-queries.js';
import type {
  ActiveResponse,
  CompareResponse,
  ContactResponse,
  ExportResponse,
  FullTraceResponse,
  HealthResponse,
  LastErrorResponse,
  PinResponse,
  QuickDebugResponse,
  StatsResponse,
  TracesResponse,
} from '../../../libs/trace/src/contract/responses.js';
import type { HttpClient, Query } from './http-client.js';
import type { TraceSource } from './trace-source.js';

/** The questions of `TraceQueries`, asked of a running application. */
export class HttpSource implements TraceSource {
  constructor(private readonly client: HttpClient) {}

  health(): Promise<HealthResponse> {
    return this.client.json('/health', 'total_traces');
  }

  traces(params: TracesParams): Promise<TracesResponse> {
    return this.client.json('/traces', 'traces', { query: tracesQuery(params) });
  }

  async trace(id: string): Promise<FullTraceResponse> {
    return this.client.json(`/trace/${segment(id)}`, 'trace_id');
  }

  async export(id: string): Promise<ExportResponse> {
    return this.client.json(`/trace/${segment(id)}/export`, 'trace_id');
  }

  lastTrace(): Promise<FullTraceResponse> {
    return this.client.json('/last-trace', 'trace_id');
  }

  lastError(): Promise<LastErrorResponse> {
    return this.client.json('/last-error', 'trace_id');
  }

  active(): Promise<ActiveResponse> {
    return this.client.json('/active', 'traces');
  }

  stats({ since, until }: TimeRange): Promise<StatsResponse> {
    return this.client.json('/stats', 'total_traces', { query: { since: moment(since), until: moment(until) } });
  }

  async quickDebug(contactId: string): Promise<QuickDebugResponse> {
    const { path, query } = contactRoute('quick-debug', contactId);
    return this.client.json(`/${path}`, 'contact_id', { query });
  }

  async contact(contactId: string, limit?: number): Promise<ContactResponse> {
    const { path, query } = contactRoute('contacts', contactId);
    return this.client.json(`/${path}`, 'contact_id', { query: { ...query, limit } });
  }

  compare(a: string, b: string): Promise<CompareResponse> {
    return this.client.json('/compare', 'chosen_by', { query: { a, b } });
  }

  clear({ keepErrors }: { keepErrors: boolean }): Promise<{ removed: number }> {
    return this.client.json('/clear', 'removed', {
      method: 'POST',
      query: { keep_errors: keepErrors ? true : undefined },
    });
  }

  async pin(id: string, pinned: boolean): Promise<PinResponse> {
    return this.client.json(`/trace/${segment(id)}/pin`, 'pinned', { method: pinned ? 'PUT' : 'DELETE' });
  }

  async eraseContact(contactId: string): Promise<{ removed: number }> {
    const { path, query } = contactRoute('contacts', contactId);
    return this.client.json(`/${path}`, 'removed', { method: 'DELETE', query });
  }
}

/** A dot segment would be resolved away, percent-encoded or not, and another route asked; nothing has such a name. */
function segment(name: string): string {
  if (name === '.' || name === '..') throw new TraceCollectorError('TRACE_NOT_FOUND', `Nothing is called '${name}'`);
  return encodeURIComponent(name);
}

function tracesQuery(params: TracesParams): Query {
  return {
    limit: params.limit,
    before: params.before,
    contact_id: params.contactId,
    status: params.status === undefined ? undefined : String(params.status),
    q: params.q,
    since: moment(params.since),
    until: moment(params.until),
    min_duration_ms: params.minDurationMs,
    agent: params.agent,
    tool: params.tool,
  };
}

/** Text goes as it is: the application reads it in its own zone. */
function moment(value: Moment | undefined): string | undefined {
  return typeof value !== 'number' ? value : new Date(Math.floor(value / 1000)).toISOString();
}
