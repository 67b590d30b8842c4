import { deepEqual, ok } from 'node:assert/strict';
import { decodeLine, RecordEncoder } from '../../journal/codec/codec.js';
import type { JsonText, RecordDraft, RecordSink, TraceKey } from '../../model/record.js';
import type { TraceStatus } from '../../model/status.js';
import { delay } from '../../model/timers.js';
import { keyPrefix } from '../../model/trace-key.js';
import type { TraceConditions } from '../../model/trace-search.js';
import type { TraceHead } from '../../model/trace.js';
import type { RecordConsumer } from '../../pipeline/record-consumer.js';
import type { StoreCapability, TraceStore } from '../../store/port.js';
import { factsOf } from '../../model/vocabulary.js';

/**
 * A store under test. Records are given to its `consumer`, as in an application, or appended to its `sink` where it has
 * one.
 */
export type ContractStore = TraceStore & { readonly sink?: RecordSink };

/** One rule of the port: `check` rejects where the store breaks it. */
export interface Rule {
  name: string;
  /** Stores without one of these capabilities need not keep the rule. */
  needs: readonly StoreCapability[];
  check(subject: Subject): Promise<void>;
}

/** First second of the contract's time, in microseconds. */
export const T0 = 1_700_000_000_000_000;
export const SECOND = 1_000_000;
/** Parent id of the carriers. */
export const LINK_SPAN = 'b7ad6b7169203331';

/** The process whose records the store's `consumer` receives. */
export const CONTRACT_WRITER = { id: '7c5b0e9a-1f42-4d6b-9a37-c0a712ac7e51', number: 1 };

/** What the trace that `write` makes is like. */
export interface Sketch {
  contact: string;
  message?: string;
  status?: Exclude<TraceStatus, 'active'>;
  error?: string;
  tool?: string;
  agent?: string;
  /** Id of a message that it sends. */
  sent?: string;
  link?: string;
  seconds?: number;
  end?: false;
}

/** A store and the ways to give it records. */
export class Subject<S extends TraceStore = TraceStore> {
  private readonly encoder = new RecordEncoder();
  private seq = 0;
  /** Bytes of the segment so far. */
  private end = 0;

  constructor(readonly store: S & { readonly sink?: RecordSink }) {}

  /** Appends records and waits until they can be read. */
  async append(...drafts: RecordDraft[]): Promise<void> {
    const { sink, consumer, freshness } = this.store;
    ok(sink ?? consumer, 'the store has no `consumer`, and no `sink`: it gets no records');
    if (!sink && this.end === 0) await consumer!.position?.({ ...CONTRACT_WRITER, host: 'contract', pid: 1 });
    for (const draft of drafts.map(withFacts)) {
      if (sink) ok(sink.append(draft), `the store did not keep a ${draft.kind} record`);
      else await consumer!.consume(this.batch(draft));
    }
    await consumer?.flush?.();
    if (freshness !== 'own-writes') await delay(freshness.lagMs);
  }

  keyOf(n: number): TraceKey {
    const { sink } = this.store;
    return `${sink ? sink.writer.number : keyPrefix(CONTRACT_WRITER)}-${n}`;
  }

  /** Writes trace number `n`, which starts in second `n`. */
  async write(n: number, sketch: Sketch): Promise<TraceKey> {
    const at = T0 + n * SECOND;
    const trace = this.keyOf(n);
    const { contact, message, tool, agent, sent, seconds = 0, error, status = 'completed' } = sketch;
    const event = (type: string, data?: object, ts = at): RecordDraft => ({
      kind: 'event',
      trace,
      type,
      ...(data && { data: json(data) }),
      ts,
    });
    const drafts: RecordDraft[] = [
      openOf(trace, n, sketch.link),
      {
        kind: 'identify',
        trace,
        id: idOf(contact, n),
        contact,
        message,
        type: 'generic',
        message_id: `m${n}`,
        ts: at,
      },
    ];
    if (tool) drafts.push(event('tool_execution', { name: tool }));
    if (agent) drafts.push(event('agent_routing', { from: 'supervisor', to: agent }));
    if (sent) drafts.push(event('message_sent', { message_id: sent }));
    if (seconds > 0) drafts.push(event('step', undefined, at + seconds * SECOND));
    if (error) drafts.push(errorIn(trace, error, at));
    if (sketch.end !== false) drafts.push({ kind: 'end', trace, status, ts: at + seconds * SECOND });
    await this.append(...drafts);
    return trace;
  }

  /** Numbers of the traces that a list has, in its order. */
  async found(conditions: TraceConditions): Promise<number[]> {
    const { store } = this;
    const needsSearch = conditions.q !== undefined || conditions.not?.texts !== undefined;
    const search = { ...conditions, limit: 10 };
    const { heads } = needsSearch ? await store.search!(search) : await store.list(search);
    return heads.map(({ startedAt }) => (startedAt - T0) / SECOND);
  }

  /** One line of a segment, as a reader of the journal delivers it. */
  private batch(draft: RecordDraft): Parameters<RecordConsumer['consume']>[0] {
    const from = this.end;
    this.seq += 1;
    const length = this.encoder.encode(draft, this.seq);
    this.end += length;
    const line = Buffer.from(this.encoder.buffer.subarray(0, length));
    return {
      writer: CONTRACT_WRITER.id,
      segment: CONTRACT_WRITER.number,
      from,
      to: this.end,
      records: [decodeLine(line, 0, length - 1)!],
      lines: [{ offset: from, length }],
      corrupt: 0,
      read: () => line,
    };
  }
}

export function openOf(trace: TraceKey, n: number, link?: string): RecordDraft {
  return {
    kind: 'open',
    trace,
    id: idOf('unknown', n),
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    method: 'POST',
    path: '/webhook',
    ...(link !== undefined && { link, parent: LINK_SPAN }),
    ts: T0 + n * SECOND,
  };
}

export function errorIn(trace: TraceKey, message: string, ts: number): RecordDraft {
  return { kind: 'error', trace, location: 'Tool.run', type: 'Error', message, fingerprint: 'f1', ts };
}

export function idOf(contact: string, n: number): string {
  return `${contact}_20231114_221320_${String(n).padStart(6, '0')}`;
}

export function idsOf(heads: readonly TraceHead[]): string[] {
  return heads.map(({ traceId }) => traceId);
}

export function json(value: unknown): JsonText {
  return JSON.stringify(value) as JsonText;
}

/**
 * Equal as JSON: values that came from a worker have another realm's prototypes under Jest, which a strict comparison
 * would not accept.
 */
export function same(actual: unknown, expected: unknown): void {
  deepEqual(plain(actual), plain(expected));
}

function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

/** As capture records an event: with the facts of its payload. */
function withFacts(draft: RecordDraft): RecordDraft {
  if (draft.kind !== 'event' || draft.data === undefined) return draft;
  return { ...draft, facts: factsOf(draft.type, JSON.parse(draft.data.toString())) };
}
