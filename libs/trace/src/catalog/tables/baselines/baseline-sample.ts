import type { Arrival } from '../../../model/baseline.js';
import type { Micros, SpanId, TraceRecord } from '../../../model/record.js';
import { spanTypeOf } from '../../../model/status.js';
import { EVENT, factsIn } from '../../../model/vocabulary.js';

/** The uses of one step in one trace. */
export interface StepUse {
  kind: string;
  name: string;
  /** Durations of its uses without an error, in microseconds, at most `MAX_TOOK`. */
  took: number[];
}

export interface NewError {
  fingerprint: string;
  at: Micros;
}

/** Limit for a trace that numbers its steps. */
const MAX_STEPS = 200;
const MAX_NAME = 200;
const MAX_TOOK = 64;
/** Replies that are closer than this seem to come at once, in microseconds. */
const AT_ONCE_US = 2_000_000;

/** The part of a trace that its baseline is learned from: steps, arrival, errors. */
export class BaselineSample {
  /** By kind and name. */
  readonly steps = new Map<string, StepUse>();
  readonly arrival: Arrival = {};
  repliedTwice = false;
  private readonly open = new Map<SpanId, StepUse | undefined>();
  private readonly errors = new Set<string>();
  private fresh: (NewError & { seq: number })[] = [];
  private repliedAt = Number.NEGATIVE_INFINITY;

  /**
   * @param learned the baseline contains the trace already
   * @param recall returns all its records so far, for a trace that is in the catalog
   */
  constructor(
    public learned = false,
    private recall?: () => TraceRecord[],
  ) {}

  /** The trace sent a reply. */
  get replied(): boolean {
    return this.repliedAt !== Number.NEGATIVE_INFINITY;
  }

  note(record: TraceRecord): void {
    if (this.learned && record.kind !== 'error') return;
    if (!this.recall) return this.fold(record);
    const records = this.recall();
    this.recall = undefined;
    for (const earlier of records) this.fold(earlier);
    // The earlier errors were counted when they were indexed.
    this.fresh = this.fresh.filter(({ seq, at }) => seq === record.seq && at === record.ts);
  }

  /** Errors since the last call, each fingerprint once per trace. */
  takeNewErrors(): NewError[] {
    if (this.fresh.length === 0) return NONE;
    const fresh = this.fresh;
    this.fresh = [];
    return fresh;
  }

  private fold(record: TraceRecord): void {
    switch (record.kind) {
      case 'open':
        this.arrival.method = record.method;
        this.arrival.path = record.path;
        return;
      case 'identify':
        this.arrival.type = record.type;
        this.arrival.direction = record.direction;
        this.arrival.media = record.media;
        this.arrival.handler = record.handler ?? this.arrival.handler;
        return;
      case 'handler':
        this.arrival.handler = record.handler;
        return;
      case 'span':
        this.open.set(record.span, this.use(spanTypeOf(record.type) ?? record.type, record.name));
        return;
      case 'span_end':
        if (record.outcome === undefined) took(this.open.get(record.span), record.ms);
        this.open.delete(record.span);
        return;
      case 'event':
        if (record.type === EVENT.sent && !record.facts?.again) this.reply(record.ts);
        took(this.use('tool', factsIn(record).tool), record.ms);
        return;
      case 'error':
        if (this.errors.has(record.fingerprint)) return;
        this.errors.add(record.fingerprint);
        this.fresh.push({ fingerprint: record.fingerprint, at: record.ts, seq: record.seq });
        return;
      default:
    }
  }

  private reply(at: Micros): void {
    if (at - this.repliedAt <= AT_ONCE_US) this.repliedTwice = true;
    this.repliedAt = at;
  }

  private use(kind: string, given: string | undefined): StepUse | undefined {
    if (!given) return undefined;
    const name = given.slice(0, MAX_NAME);
    const key = `${kind} ${name}`;
    let use = this.steps.get(key);
    if (!use && this.steps.size < MAX_STEPS) this.steps.set(key, (use = { kind, name, took: [] }));
    return use;
  }
}

const NONE: NewError[] = [];

function took(use: StepUse | undefined, ms: number | undefined): void {
  if (use && ms !== undefined && use.took.length < MAX_TOOK) use.took.push(Math.max(0, Math.round(ms * 1000)));
}
