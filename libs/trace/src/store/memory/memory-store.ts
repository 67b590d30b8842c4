import { TraceCollectorError } from '../../model/errors.js';
import type { JournalRecord, Payload, RecordDraft, RecordSink, TraceRecord } from '../../model/record.js';
import { hasFailed, isFailing } from '../../model/status.js';
import { clearTimeout, setTimeout } from '../../model/timers.js';
import { contactSlug } from '../../model/contact-id.js';
import { emptyHead, reduceHead } from '../../model/trace.reducer.js';
import type {
  FeedPosition,
  FeedRecord,
  StoredTrace,
  TraceCounts,
  TraceFilter,
  TraceHead,
  TracePage,
  TraceSample,
} from '../../model/trace.js';
import { badPosition } from '../embedded/feed/feed-position.js';
import { matches, newestFirst, sampleOf, type MemoryTrace } from './memory-filter.js';
import type { StoreHealth, TraceStore } from '../port.js';

const PAYLOADS = ['body', 'data', 'input', 'output', 'cause', 'context'] as const;

/** The same in every run, and so are the trace ids that follow from it. */
const WRITER = { id: '00000000-0000-4000-8000-000000000001', number: 1 };

/** A store for tests: everything in memory, gone with the process, no file and no thread. */
export class MemoryStore implements TraceStore {
  private readonly traces = new Map<string, MemoryTrace>();
  private readonly records: JournalRecord[] = [];
  private readonly erased = new Set<string>();
  private readonly listeners = new Set<() => void>();
  private pending: NodeJS.Timeout | undefined;
  private closed = false;

  readonly sink: RecordSink = { writer: WRITER, append: (draft) => this.append(draft) };

  async list(filter: TraceFilter, limit: number, before?: string): Promise<TracePage> {
    const found = newestFirst(this.traces.values()).filter((trace) => matches(trace, filter));
    const start = before === undefined ? 0 : found.findIndex(({ head }) => isAfter(head, before));
    const heads = start === -1 ? [] : found.slice(start, start + limit + 1).map(({ head }) => ({ ...head }));
    const page = heads.slice(0, limit);
    const last = page.at(-1);
    if (before !== undefined) parseCursor(before);
    return { heads: page, next: heads.length > limit && last ? `${last.startedAt}:${last.key}` : null };
  }

  async get(traceId: string): Promise<StoredTrace | undefined> {
    const traces = [...this.traces.values()];
    const trace =
      traces.find(({ head }) => head.traceId === traceId) ?? traces.find(({ oldIds }) => oldIds.has(traceId));
    return trace && { head: { ...trace.head }, records: [...trace.records] };
  }

  async idsWithPrefix(prefix: string, limit: number): Promise<string[]> {
    const ids = newestFirst(this.traces.values()).map(({ head }) => head.traceId);
    return ids.filter((id) => id.startsWith(prefix)).slice(0, limit);
  }

  async heads(keys: string[]): Promise<Map<string, TraceHead>> {
    const traces = keys.flatMap((key) => this.traces.get(key) ?? []);
    return new Map(traces.map(({ head }) => [head.key, { ...head }]));
  }

  async counts(): Promise<TraceCounts> {
    const statuses = Array.from(this.traces.values(), ({ head }) => head.status);
    const count = (status: string): number => statuses.filter((each) => each === status).length;
    return { total: statuses.length, active: count('active'), errors: statuses.filter(hasFailed).length };
  }

  async sample(range: { since?: number; until?: number }): Promise<TraceSample> {
    return sampleOf([...this.traces.values()].filter((trace) => matches(trace, range)));
  }

  async health(): Promise<StoreHealth> {
    return { journal: { bytes: 0, segments: 0, lag: 0 }, dropped: {}, corruptRecords: 0, problems: [] };
  }

  async head(): Promise<FeedPosition> {
    return String(this.records.length);
  }

  async readAfter(
    after: FeedPosition | undefined,
    { limit, until }: { limit: number; until?: FeedPosition },
  ): Promise<{ records: FeedRecord[]; position: FeedPosition; done: boolean }> {
    const end = until === undefined ? this.records.length : this.place(until);
    const start = after === undefined ? 0 : this.place(after);
    const stop = Math.max(start, Math.min(end, start + limit));
    const records = this.records
      .slice(start, stop)
      .map((record, i) => ({ record, position: String(start + i + 1) }))
      // Blanked ones keep their number, as in a file.
      .filter(({ record }) => !('trace' in record) || !this.erased.has(record.trace));
    return { records, position: String(stop), done: stop >= end };
  }

  onMore(listener: () => void): () => void {
    const own = (): void => listener();
    this.listeners.add(own);
    return () => void this.listeners.delete(own);
  }

  async clear({ keepErrors }: { keepErrors: boolean }): Promise<{ removed: number }> {
    let removed = 0;
    for (const [key, { head }] of this.traces) {
      const stays = head.status === 'active' || head.pinned || (keepErrors && isFailing(head));
      if (stays) continue;
      this.traces.delete(key);
      removed += 1;
    }
    return { removed };
  }

  async pin(traceId: string, pinned: boolean): Promise<boolean> {
    const trace = [...this.traces.values()].find(({ head }) => head.traceId === traceId);
    if (!trace) return false;
    if (pinned) trace.head.pinned = true;
    else delete trace.head.pinned;
    return true;
  }

  async eraseContact(contactId: string): Promise<{ removed: number }> {
    const gone = [...this.traces.values()].filter((trace) => matches(trace, { contactId }));
    for (const { head } of gone) {
      this.traces.delete(head.key);
      this.erased.add(head.key);
    }
    const texts = contactId === 'unknown' ? [] : [contactId, contactSlug(contactId)].filter((text) => text.length >= 5);
    const ids = gone.flatMap(({ head, oldIds }) => [head.traceId, ...oldIds]);
    texts.push(...ids.filter((id) => Array.from(this.traces.values()).some(({ head }) => head.link === id)));
    for (const record of this.records) for (const text of texts) mask(record, text);
    for (const { head, records } of this.traces.values()) head.link = linkIn(records);
    return { removed: gone.length };
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.pending);
    this.listeners.clear();
  }

  private append(draft: RecordDraft): boolean {
    if (this.closed) return false;
    const record = { ...draft, seq: this.records.length + 1 } as JournalRecord;
    for (const name of PAYLOADS) {
      const json = (draft as Partial<Record<typeof name, Payload>>)[name];
      if (json) (record as Partial<Record<typeof name, unknown>>)[name] = JSON.parse(json.toString());
    }
    this.records.push(record);
    if ('trace' in record && !this.erased.has(record.trace)) this.fold(record);
    this.pending ??= setTimeout(() => {
      this.pending = undefined;
      for (const listener of this.listeners) listener();
    }, 1).unref();
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
    reduceHead(trace.head, record);
  }

  private place(position: FeedPosition): number {
    const place = /^\d{1,15}$/.test(position) ? Number(position) : Number.NaN;
    // NaN is not less than or equal to anything.
    if (!(place <= this.records.length)) throw badPosition(position);
    return place;
  }
}

function parseCursor(text: string): { startedAt: number; key: string } {
  const match = /^(\d{1,16}):(.+)$/s.exec(text);
  if (match) return { startedAt: Number(match[1]), key: match[2]! };
  throw new TraceCollectorError('BAD_POSITION', `"${text}" is no position in a list.`);
}

function isAfter(head: TraceHead, cursor: string): boolean {
  const { startedAt, key } = parseCursor(cursor);
  return head.startedAt < startedAt || (head.startedAt === startedAt && head.key < key);
}

function linkIn(records: readonly TraceRecord[]): string | null {
  return records.find((record) => record.kind === 'open')?.link ?? null;
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
