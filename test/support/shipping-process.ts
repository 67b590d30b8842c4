import { randomUUID } from 'node:crypto';
import { RecordEncoder } from '../../libs/trace/src/journal/codec/codec.js';
import type { JsonText, RecordDraft, TraceRecord } from '../../libs/trace/src/model/record.js';
import type { Checkpoint } from '../../libs/trace/src/pipeline/checkpoints.js';
import { packLines } from '../../libs/trace/src/shared/chunk.js';
import type { ShipChunk, ShipSource, ShipTarget } from '../../libs/trace/src/shared/ship-target.js';
import { ShippedFold } from '../../libs/trace/src/shared/ship/shipped-fold.js';

/** What a trace is like. Times in microseconds. */
export interface TraceSketch {
  contact: string;
  at: number;
  message?: string;
  /** Further contacts of the request. */
  contacts?: string[];
  link?: string;
  error?: string;
  /** Text of an event's payload. */
  note?: string;
  /** It goes on running. */
  isOpen?: boolean;
}

const SECOND = 1_000_000;

/** A process that ships traces, without a journal. */
export class ShippingProcess {
  readonly source: ShipSource;
  private at: Checkpoint = { segment: 0, offset: 0 };
  private seq = 0;
  private count = 0;
  private readonly folds = new Map<string, ShippedFold>();
  private readonly encoder = new RecordEncoder();

  private constructor(
    private readonly target: ShipTarget,
    source: Partial<ShipSource>,
  ) {
    this.source = { writer: randomUUID(), instance: 'a', host: 'h', pid: 1, version: '1', isOwn: true, ...source };
  }

  static async start(target: ShipTarget, source: Partial<ShipSource> = {}): Promise<ShippingProcess> {
    const process = new ShippingProcess(target, source);
    process.at = await target.open(process.source);
    return process;
  }

  /** Ships traces in one batch. Returns their keys. */
  async trace(...sketches: TraceSketch[]): Promise<string[]> {
    const keys = sketches.map(() => this.nextKey());
    await this.ship(sketches.flatMap((sketch, i) => draftsOf(sketch, keys[i]!)));
    return keys;
  }

  /** Ships records in one batch. */
  async ship(drafts: readonly RecordDraft[]): Promise<'taken' | 'fenced'> {
    const lines = new Map<string, { seq: number; lines: Buffer[] }>();
    for (const draft of drafts) {
      if (!('trace' in draft)) throw new TypeError('a record without a trace');
      const seq = (this.seq += 1);
      const { trace } = draft;
      const length = this.encoder.encode(draft, seq);
      const chunk = lines.get(trace) ?? { seq, lines: [] };
      chunk.lines.push(Buffer.from(this.encoder.buffer.subarray(0, length)));
      lines.set(trace, chunk);
      const fold = this.folds.get(trace) ?? ShippedFold.create(trace, () => undefined);
      this.folds.set(trace, fold);
      fold.add(recordOf(draft, seq));
    }
    const traces = Array.from(lines.keys(), (key) => this.folds.get(key)!.shipped());
    const chunks = Array.from(lines, ([key, chunk], i): ShipChunk => {
      const { startedAt } = traces[i]!.head;
      return { key, startedAt, seq: chunk.seq, records: chunk.lines.length, body: packLines(chunk.lines) };
    });
    const to = { segment: 1, offset: this.at.offset + 100 };
    const result = await this.target.ship({ source: this.source, from: this.at, to, chunks, traces });
    if (result === 'taken') this.at = to;
    return result;
  }

  beat(closed = false): Promise<void> {
    return this.target.beat(this.source, { lagBytes: 0, lostBytes: 0, dropped: {} }, closed);
  }

  /** Key of the next trace. */
  nextKey(): string {
    const bits = Number.parseInt(this.source.writer.slice(0, 8) + this.source.writer.slice(9, 11), 16);
    this.count += 1;
    return `1x${bits.toString(36).padStart(8, '0')}-${this.count}`;
  }
}

/** The public id of a trace that `trace` made. */
export function idOf(contact: string, at: number): string {
  return `trace-${contact}-${at}`;
}

function draftsOf(sketch: TraceSketch, trace: string): RecordDraft[] {
  const { contact, at, contacts, link, error, note, isOpen, message = 'hi' } = sketch;
  const id = idOf(contact, at);
  const more: RecordDraft[] = [];
  if (note !== undefined) {
    more.push({ kind: 'event', trace, type: 'note', data: JSON.stringify({ note }) as JsonText, ts: at + SECOND });
  }
  if (error !== undefined) {
    const fields = { location: 'here', type: 'Error', message: error, fingerprint: 'f' };
    more.push({ kind: 'error', trace, ...fields, ts: at + 2 * SECOND });
  }
  if (!isOpen) more.push({ kind: 'end', trace, status: error ? 'error' : 'completed', ts: at + 3 * SECOND });
  return [
    { kind: 'open', trace, id, traceparent: '', ts: at, ...(link !== undefined && { link }) },
    { kind: 'identify', trace, id, contact, message, ts: at + 1, ...(contacts && { contacts }) },
    ...more,
  ];
}

function recordOf(draft: RecordDraft, seq: number): TraceRecord {
  const data = 'data' in draft && draft.data ? { data: JSON.parse(draft.data.toString()) as unknown } : {};
  return { ...draft, ...data, seq } as TraceRecord;
}
