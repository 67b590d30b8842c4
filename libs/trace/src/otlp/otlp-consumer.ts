import type { AttributeValue } from '../model/attributes.js';
import type { PriceOf } from '../model/price.js';
import type { TraceKey, TraceRecord } from '../model/record.js';
import { nextTurn } from '../model/timers.js';
import type { RecordingProcess } from '../otel/export/resource.js';
import type { OtelSpan } from '../otel/otel-span.js';
import { traceSpans } from '../otel/export/trace-spans.js';
import type { Checkpoint } from '../pipeline/checkpoints.js';
import type { RecordBatch, RecordConsumer } from '../pipeline/record-consumer.js';
import { findLines } from './find-lines.js';
import { isSampled } from './is-sampled.js';
import { KnownTraces, TracePlaces } from './line-places.js';
import type { ResolvedExport } from './otlp.options.js';
import type { OtlpSender } from './otlp-sender.js';
import { LineReader, traceOf } from './read-trace.js';
import { isBehind, SentPlaces } from './sent-places.js';
import { ProcessNames } from './process-names.js';

export interface OtlpConsumerOptions extends Pick<ResolvedExport, 'content' | 'sample' | 'maxLagBytes'> {
  /** The traces' directory. */
  dir: string;
  resource: Readonly<Record<string, AttributeValue>>;
  price: PriceOf;
  sender: OtlpSender;
}

/** A trace that ended or got late records, and the place behind the record that says so. */
interface DueTrace {
  readonly key: TraceKey;
  readonly places: TracePlaces;
  readonly writer: string;
  readonly to: Checkpoint;
}

/** Traces of one request at most; those of one batch are more only in its last request. */
const MAX_TRACES = 64;
/** Spans after which a request is sent. */
const MAX_SPANS = 512;

/**
 * Sends traces when they end, and what late records change. Reads records without their payloads and keeps where they are; the
 * payloads are read when a trace is sent. While the receiver is away nothing more is read, so memory does not grow.
 */
export class OtlpConsumer implements RecordConsumer {
  readonly name = 'otlp';
  readonly payloads = false;
  readonly maxLagBytes: number;
  /** Traces that were sent. */
  sentTraces = 0;

  private readonly known = new KnownTraces();
  private readonly sent: SentPlaces;
  private readonly processes: ProcessNames;
  private due: DueTrace[] = [];
  private cleaned = false;

  constructor(private readonly options: OtlpConsumerOptions) {
    this.maxLagBytes = options.maxLagBytes;
    this.sent = new SentPlaces(options.dir, this.name);
    this.processes = new ProcessNames(options.dir);
  }

  async consume(batch: RecordBatch): Promise<void> {
    const { writer, segment, records, lines } = batch;
    this.sent.refresh(writer);
    records.forEach((record, i) => {
      if (record.kind === 'segment') this.processes.add(record);
      if (!('trace' in record)) return;
      const { offset, length } = lines[i]!;
      const places = this.known.add(record, { segment, offset, length });
      const to = { segment, offset: offset + length };
      if (!isDue(record)) return;
      // What an earlier process sent needs no second look.
      if (!isBehind(to, this.sent.of(writer))) places.handled = places.lines.length;
      else if (!this.isWaiting(record.trace, to)) this.due.push({ key: record.trace, places, writer, to });
    });
    if (this.due.length >= MAX_TRACES) await this.sendDue();
  }

  async flush(): Promise<void> {
    await this.sendDue();
    if (!this.cleaned) this.sent.removeOld();
    this.cleaned = true;
  }

  /** A batch that failed comes again. */
  private isWaiting(key: TraceKey, to: Checkpoint): boolean {
    return this.due.some((due) => due.key === key && due.to.segment === to.segment && due.to.offset === to.offset);
  }

  private async sendDue(): Promise<void> {
    while (this.due.length > 0) {
      this.complete();
      const { taken, spans, traces, handled } = this.nextRequest();
      await this.options.sender.send(spans);
      this.sentTraces += traces;
      for (const [places, lines] of handled) places.handled = Math.max(places.handled, lines);
      const places = new Map(this.due.slice(0, taken).map(({ writer, to }) => [writer, to]));
      this.due = this.due.slice(taken);
      for (const [writer, to] of places) this.sent.moved(writer, to);
      await nextTurn();
    }
  }

  /** Finds the begin of those that began before this consumer. */
  private complete(): void {
    const some = this.due.filter(({ places }) => !places.isWhole).map(({ key, places }) => [key, places] as const);
    if (some.length === 0) return;
    const wanted = new Map(some);
    const count = (): number => [...wanted.values()].reduce((sum, { lines }) => sum + lines.length, 0);
    const before = count();
    findLines(this.options.dir, wanted);
    this.known.grew(count() - before);
    for (const [key, places] of wanted) {
      // What is lost stays lost.
      places.isWhole = true;
      const first = this.due.find((due) => due.key === key)!;
      if (places.handled === 0) places.handled = this.handledBefore(places, first);
    }
  }

  /** Lines of a trace that an earlier process sent: those before its place, if the trace had ended there. */
  private handledBefore(places: TracePlaces, { writer, key }: DueTrace): number {
    const at = this.sent.of(writer);
    if (!at) return 0;
    const before = places.lines.filter(({ segment, offset }) => !isBehind({ segment, offset: offset + 1 }, at));
    const reader = new LineReader(this.options.dir);
    try {
      return reader.read(key, before).some(({ kind }) => kind === 'end') ? before.length : 0;
    } finally {
      reader.close();
    }
  }

  private nextRequest() {
    const reader = new LineReader(this.options.dir);
    const spans: OtelSpan[] = [];
    const handled = new Map<TracePlaces, number>();
    let taken = 0;
    let traces = 0;
    try {
      while (taken < this.due.length && spans.length < MAX_SPANS) {
        const { key, places } = this.due[taken]!;
        taken += 1;
        // Several late records of one trace are one look.
        if (handled.has(places)) continue;
        handled.set(places, places.lines.length);
        const changed = this.spansOf(key, places, reader);
        if (changed.length > 0) traces += 1;
        spans.push(...changed);
      }
    } finally {
      reader.close();
    }
    return { taken, spans, traces, handled };
  }

  /** All spans of a trace that was not sent, else those that changed since. */
  private spansOf(key: TraceKey, { lines, handled }: TracePlaces, reader: LineReader): OtelSpan[] {
    const records = reader.read(key, lines);
    if (handled >= lines.length || records.length === 0) return [];
    const after = this.sampled(key, records);
    if (handled === 0) return after;
    const before = new Set(
      this.sampled(key, reader.read(key, lines.slice(0, handled))).map((span) => JSON.stringify(span)),
    );
    return after.filter((span) => !before.has(JSON.stringify(span)));
  }

  private sampled(key: TraceKey, records: TraceRecord[]): OtelSpan[] {
    const { price, content, resource, sample } = this.options;
    const trace = traceOf(key, records, price);
    if (!isSampled(trace.head, sample)) return [];
    const process: RecordingProcess | undefined = this.processes.of(key);
    return traceSpans(trace, { content, resource, ...(process && { process }) });
  }
}

/** Records that end a trace, or that come after its end. */
function isDue(record: TraceRecord): boolean {
  return record.kind === 'end' || ('late' in record && record.late === true);
}
