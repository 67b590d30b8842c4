import type { RetentionLimits } from '../../maintenance/retention/retention-policy.js';
import type { ErrorMark } from '../../model/error-mark.js';
import { contactSlug } from '../../model/contact-id.js';
import { pageOrder, sortedPage } from '../../catalog/queries/trace-order.js';
import { priceBook } from '../../catalog/pricing/price-book.js';
import { TraceCollectorError } from '../../model/errors.js';
import type { PriceOf, PriceTable } from '../../model/price.js';
import type { JournalRecord, Payload, RecordDraft, RecordSink, TraceKey, TraceRecord } from '../../model/record.js';
import { hasFailed, isFailing } from '../../model/status.js';
import { wallNow } from '../../model/timers.js';
import type { TextSearch } from '../../model/trace-search.js';
import { emptyHead, reduceHead } from '../../model/trace.reducer.js';
import type { StoredTrace, TraceHead, TracePage } from '../../model/trace.js';
import type { StoreHealth, TraceAdmin, TraceErrors, TraceStats, TraceStore } from '../port.js';
import { MemoryFeed } from './memory-feed.js';
import { matches, newestFirst, sampleOf, samplePartOf, type MemoryTrace } from './memory-filter.js';

const PAYLOADS = ['body', 'data', 'input', 'output', 'cause', 'context'] as const;

/** The same in every run, and so are the trace ids that follow from it. */
const WRITER = { id: '00000000-0000-4000-8000-000000000001', number: 1 };

/**
 * A store for tests, with every capability but `baseline`: everything is in memory, without files or threads. Records
 * are appended to its `sink`.
 *
 * @example
 * import { Test } from '@nestjs/testing';
 *
 * const store = new MemoryStore();
 * const imports = [TraceTestingModule.forRoot({ storage: store })];
 */
export class MemoryStore implements TraceStore {
  readonly freshness = 'own-writes';
  readonly sorts = ['duration', 'cost'] as const;
  readonly sink: RecordSink = { writer: WRITER, append: (draft) => this.append(draft) };
  readonly feed = new MemoryFeed((key) => this.traces.get(key)?.head);
  readonly stats: TraceStats = {
    counts: async () => {
      const statuses = Array.from(this.traces.values(), ({ head }) => head.status);
      const active = statuses.filter((status) => status === 'active').length;
      return { total: statuses.length, active, errors: statuses.filter(hasFailed).length };
    },
    parts: async (ranges) =>
      ranges.map((range) => samplePartOf([...this.traces.values()].filter((trace) => matches(trace, range)))),
    sample: async (range) => sampleOf([...this.traces.values()].filter((trace) => matches(trace, range))),
  };
  readonly admin: TraceAdmin = {
    pin: async (traceId, pinned) => this.pin(traceId, pinned),
    clear: async ({ keepErrors }) => this.remove((head) => !(keepErrors && isFailing(head))),
    erase: async (contactId) => this.erase(contactId),
    prune: async (limits) => this.remove((head) => isTooOld(head, limits)),
  };
  readonly errors: TraceErrors = {
    marks: async () => [...this.marks.values()],
    mark: async (fingerprint, state, at) => {
      if (state === 'open') this.marks.delete(fingerprint);
      else this.marks.set(fingerprint, { fingerprint, state, at });
    },
  };
  private readonly marks = new Map<string, ErrorMark>();
  private readonly traces = new Map<TraceKey, MemoryTrace>();
  private readonly prices: PriceOf;
  private closed = false;

  /** @param options `prices`: prices of models of your own, as in the module's option `cost.prices` */
  constructor({ prices }: { prices?: PriceTable } = {}) {
    this.prices = priceBook(prices);
  }

  list(search: TextSearch): Promise<TracePage> {
    return this.search(search);
  }

  async search({ limit, before, sort = 'started', ...filter }: TextSearch): Promise<TracePage> {
    if (sort !== 'started') {
      const order = pageOrder(sort, before);
      const all = [...this.traces.values()].filter((trace) => matches(trace, filter)).map(({ head }) => ({ ...head }));
      return sortedPage(order, all, limit);
    }
    const after = before === undefined ? undefined : parseCursor(before);
    const found = newestFirst(this.traces.values())
      .filter((trace) => (!after || isAfter(trace.head, after)) && matches(trace, filter))
      .map(({ head }) => ({ ...head }));
    const heads = found.slice(0, limit);
    const cursors = heads.map(({ startedAt, key }) => `${startedAt}:${key}`);
    return { heads, cursors, next: found.length > limit ? (cursors.at(-1) ?? null) : null };
  }

  async get(traceId: string): Promise<StoredTrace | undefined> {
    const traces = [...this.traces.values()];
    const trace =
      traces.find(({ head }) => head.traceId === traceId) ?? traces.find(({ oldIds }) => oldIds.has(traceId));
    return trace && { head: { ...trace.head }, records: [...trace.records] };
  }

  async getMany(traceIds: readonly string[]): Promise<StoredTrace[]> {
    const traces = await Promise.all(traceIds.map((id) => this.get(id)));
    return traces.filter((trace) => trace !== undefined);
  }

  async health(): Promise<StoreHealth> {
    return { problems: [] };
  }

  async close(): Promise<void> {
    this.closed = true;
    this.feed.close();
  }

  private pin(traceId: string, pinned: boolean): boolean {
    const trace = [...this.traces.values()].find(({ head }) => head.traceId === traceId);
    if (!trace) return false;
    if (pinned) trace.head.pinned = true;
    else delete trace.head.pinned;
    return true;
  }

  /** Deletes ended traces that are not pinned and that `goes` selects. */
  private remove(goes: (head: TraceHead) => boolean): { removed: number } {
    let removed = 0;
    for (const [key, { head }] of this.traces) {
      if (head.status === 'active' || head.pinned || !goes(head)) continue;
      this.traces.delete(key);
      removed += 1;
    }
    return { removed };
  }

  private erase(contactId: string): { removed: number; pending: number } {
    const gone = [...this.traces.values()].filter((trace) => matches(trace, { contactId }));
    for (const { head } of gone) {
      this.traces.delete(head.key);
      this.feed.erased.add(head.key);
    }
    const texts = contactId === 'unknown' ? [] : [contactId, contactSlug(contactId)].filter((text) => text.length >= 5);
    const ids = gone.flatMap(({ head, oldIds }) => [head.traceId, ...oldIds]);
    texts.push(...ids.filter((id) => Array.from(this.traces.values()).some(({ head }) => head.link === id)));
    for (const record of this.feed.records) for (const text of texts) mask(record, text);
    for (const { head, records } of this.traces.values()) Object.assign(head, maskedIn(head, records));
    return { removed: gone.length, pending: 0 };
  }

  private append(draft: RecordDraft): boolean {
    if (this.closed) return false;
    const record = { ...draft, seq: this.feed.records.length + 1 } as JournalRecord;
    for (const name of PAYLOADS) {
      const json = (draft as Partial<Record<typeof name, Payload>>)[name];
      if (json) (record as Partial<Record<typeof name, unknown>>)[name] = JSON.parse(json.toString());
    }
    this.feed.append(record);
    if ('trace' in record && !this.feed.erased.has(record.trace)) this.fold(record);
    return true;
  }

  private fold(record: TraceRecord): void {
    let trace = this.traces.get(record.trace);
    if (!trace) {
      trace = { head: emptyHead(record.trace), records: [], oldIds: new Set() };
      this.traces.set(record.trace, trace);
      trace.head.startedAt = trace.head.lastAt = record.ts;
    }
    if (record.kind === 'identify') trace.oldIds.add(trace.head.traceId);
    trace.records.push(record);
    reduceHead(trace.head, record, this.prices);
  }
}

interface Cursor {
  startedAt: number;
  key: TraceKey;
}

function parseCursor(text: string): Cursor {
  const match = /^(\d{1,16}):(.+)$/s.exec(text);
  if (match) return { startedAt: Number(match[1]), key: match[2]! };
  throw new TraceCollectorError('BAD_POSITION', `"${text}" is no position in a list.`);
}

function isAfter(head: TraceHead, { startedAt, key }: Cursor): boolean {
  return head.startedAt < startedAt || (head.startedAt === startedAt && head.key < key);
}

function isTooOld(head: TraceHead, { maxAgeMs, errorMaxAgeMs }: RetentionLimits): boolean {
  return head.lastAt < (wallNow() - (isFailing(head) ? errorMaxAgeMs : maxAgeMs)) * 1000;
}

/** The texts of a head that may mention a contact, from its masked records. */
function maskedIn({ key }: TraceHead, records: readonly TraceRecord[]): Partial<TraceHead> {
  const { link, message, firstError, reply } = records.reduce(
    (head, record) => reduceHead(head, record),
    emptyHead(key),
  );
  return { link, message, ...(firstError && { firstError }), ...(reply !== undefined && { reply }) };
}

/** Replaces `text` in every string of the record, in place. */
function mask(value: unknown, text: string): void {
  if (typeof value !== 'object' || value === null) return;
  const members = value as Record<string, unknown>;
  for (const [name, member] of Object.entries(members)) {
    if (typeof member === 'string') members[name] = member.replaceAll(text, '*'.repeat(text.length));
    else mask(member, text);
  }
}
