import type { TraceRecord } from '../../libs/trace/src/model/record.js';
import { emptyHead, reduceHead } from '../../libs/trace/src/model/trace.reducer.js';
import { factsOf } from '../../libs/trace/src/model/vocabulary.js';
import type { StoredTrace } from '../../libs/trace/src/model/trace.js';

type Fields<K extends TraceRecord['kind']> = Omit<
  Extract<TraceRecord, { kind: K }>,
  'kind' | 'trace' | 'seq' | 'ts' | (K extends 'open' ? 'id' | 'traceparent' : K extends 'identify' ? 'id' : never)
>;

type Untimed<R> = R extends TraceRecord ? Omit<R, 'seq' | 'ts'> : never;

/** 2024-01-20 14:30:22.123456 UTC. */
export const GUIDE_START = Date.UTC(2024, 0, 20, 14, 30, 22) * 1000 + 123_456;
export const GUIDE_CONTACT = 'z49hFQn0DxOX5sInJg60';
export const GUIDE_ID = `${GUIDE_CONTACT}_20240120_143022_123456`;

/** Builds a trace record by record, as capture would write it; for specs. Times are milliseconds from the start. */
export class Story {
  readonly records: TraceRecord[] = [];
  private now: number;
  private seq: () => number;

  constructor(
    readonly key = '1-1',
    readonly id = GUIDE_ID,
    readonly start = GUIDE_START,
    seq?: () => number,
  ) {
    this.now = start;
    let own = 0;
    this.seq = seq ?? (() => (own += 1));
  }

  /** The next records come this many milliseconds after the start. */
  at(ms: number): this {
    this.now = this.start + ms * 1000;
    return this;
  }

  open(fields: Partial<Fields<'open'>> = { method: 'POST', path: '/webhook' }): this {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    return this.add({ kind: 'open', trace: this.key, id: `unknown_${this.key}`, traceparent, ...fields });
  }

  identify(fields: Partial<Fields<'identify'>> = {}): this {
    return this.add({
      kind: 'identify',
      trace: this.key,
      id: this.id,
      contact: GUIDE_CONTACT,
      message: 'Quiero agendar una cita',
      type: 'generic',
      direction: 'inbound',
      ...fields,
    });
  }

  handler(handler: string): this {
    return this.add({ kind: 'handler', trace: this.key, handler });
  }

  contact(contact: string, before?: string): this {
    return this.add({ kind: 'contact', trace: this.key, contact, before });
  }

  event(type: string, data?: unknown, fields: Partial<Fields<'event'>> = {}): this {
    return this.add({ kind: 'event', trace: this.key, type, facts: factsOf(type, data), data, ...fields });
  }

  span(span: string, type: Fields<'span'>['type'], name: string, fields: Partial<Fields<'span'>> = {}): this {
    return this.add({ kind: 'span', trace: this.key, span, type, name, ...fields });
  }

  spanEnd(span: string, ms: number, fields: Partial<Fields<'span_end'>> = {}): this {
    return this.add({ kind: 'span_end', trace: this.key, span, ms, ...fields });
  }

  error(location: string, message: string, fields: Partial<Fields<'error'>> = {}): this {
    return this.add({
      kind: 'error',
      trace: this.key,
      location,
      message,
      type: 'Error',
      fingerprint: `${location}:${message}`,
      ...fields,
    });
  }

  response(status: number, ms = 12, fields: Partial<Fields<'response'>> = {}): this {
    return this.add({ kind: 'response', trace: this.key, status, ms, ...fields });
  }

  end(status: Fields<'end'>['status'] = 'completed', fields: Partial<Fields<'end'>> = {}): this {
    return this.add({ kind: 'end', trace: this.key, status, ...fields });
  }

  stored(): StoredTrace {
    const head = emptyHead(this.key);
    for (const record of this.records) reduceHead(head, record);
    return { head, records: [...this.records] };
  }

  private add(fields: Untimed<TraceRecord>): this {
    this.records.push({ ...fields, seq: this.seq(), ts: this.now } as TraceRecord);
    return this;
  }
}

/** The usage guide's example: a successful booking, in 3,247 ms. */
export function guideStory(): Story {
  return new Story()
    .open()
    .identify()
    .response(202)
    .at(600)
    .event('intelligence_analysis', { lead_score: 8, suggested_agent: 'sofia' })
    .at(900)
    .event('agent_routing', { from: 'supervisor', to: 'sofia' })
    .at(1900)
    .span('b1', 'tool', 'check_calendar_availability', { input: { day: 'friday' } })
    .at(2400)
    .spanEnd('b1', 500, { output: ['10:00', '12:00'] })
    .at(3247)
    .event('message_sent', { message: '¡Perfecto! Tengo estos horarios...' })
    .end();
}
