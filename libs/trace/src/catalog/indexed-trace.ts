import { emptyHead, reduceHead } from '../model/trace.reducer.js';
import type { TraceRecord } from '../model/record.js';
import type { TraceHead } from '../model/trace.js';
import type { CatalogDb } from './catalog-db.js';
import { packSpans, unpackSpans, type Spans } from './extents.js';
import { headOf, rowValues, type TraceRow } from './trace-row.js';

/** What text search sees of a message, and of all errors together. */
const MAX_SEARCH = 2_000;

/** One trace while records are folded into it; `save` writes what changed. */
export class IndexedTrace {
  private readonly extents = new Map<number, Spans>();
  private readonly changed = new Set<number>();
  private readonly tags = new Map<string, number>();
  private readonly aliases = new Set<string>();
  private readonly searched: string[];
  private searchLength = 0;
  private fresh: boolean;

  private constructor(
    readonly head: TraceHead,
    private id: number | undefined,
    searched: string[],
  ) {
    this.searched = searched;
    this.fresh = id === undefined;
    for (const text of searched) this.searchLength += text.length;
  }

  /** The trace as the catalog has it, or an empty one. */
  static load(db: CatalogDb, key: string): IndexedTrace {
    const row = db.get<TraceRow>('traceByKey', key);
    if (!row) return new IndexedTrace(emptyHead(key), undefined, []);
    const trace = new IndexedTrace(headOf(row), row.id, row.search === '' ? [] : [row.search]);
    for (const { segment, spans } of db.all<{ segment: number; spans: Uint8Array }>('extents', row.id)) {
      trace.extents.set(segment, unpackSpans(spans));
    }
    return trace;
  }

  get active(): boolean {
    return this.head.status === 'active';
  }

  add(record: TraceRecord, segment: number, offset: number, length: number): void {
    this.addSpan(segment, offset, length);
    const { head } = this;
    // Its beginning was lost or pruned: it begins with what there is.
    if (this.fresh && record.kind !== 'open') head.startedAt = head.lastAt = record.ts;
    this.fresh = false;
    // Thought dead, it goes on: its process was out of sight for a while.
    if (head.status === 'interrupted' && record.kind !== 'end' && !('late' in record && record.late)) {
      head.status = 'active';
      head.endedAt = null;
    }
    const id = head.traceId;
    reduceHead(head, record);
    this.note(record, id);
  }

  save(db: CatalogDb): void {
    const values = rowValues(this.head, this.searched.join('\n'));
    if (this.id === undefined) this.id = Number(db.run('insertTrace', ...values).lastInsertRowid);
    else db.run('updateTrace', ...values, this.id);
    for (const segment of this.changed) db.run('putExtent', this.id, segment, packSpans(this.extents.get(segment)!));
    this.changed.clear();
    const { startedAt, key } = this.head;
    for (const [tag, n] of this.tags) {
      const at = tag.indexOf(':');
      db.run('addTag', tag.slice(0, at), tag.slice(at + 1), startedAt, key, n);
    }
    this.tags.clear();
    for (const alias of this.aliases) {
      const at = alias.indexOf(':');
      db.run('addAlias', alias.slice(0, at), alias.slice(at + 1), key);
    }
    this.aliases.clear();
  }

  private addSpan(segment: number, offset: number, length: number): void {
    const spans = this.extents.get(segment);
    if (spans) spans.push(offset, length);
    else this.extents.set(segment, [offset, length]);
    this.changed.add(segment);
  }

  private note(record: TraceRecord, oldId: string): void {
    switch (record.kind) {
      case 'open':
        return this.search(record.id);
      case 'identify':
        // The provisional id went out with nothing but logs, but somebody may have it from there.
        if (oldId !== record.id && oldId !== record.trace) this.aliases.add(`id:${oldId}`);
        for (const contact of record.contacts ?? []) {
          if (contact === record.contact) continue;
          this.aliases.add(`contact:${contact}`);
          this.search(contact);
        }
        return this.search(record.id, record.contact, record.message);
      case 'contact':
        if (record.before !== undefined) this.aliases.add(`contact:${record.before}`);
        return this.search(record.contact);
      case 'event':
        if (record.type === 'agent_routing') this.noteHop(record.data);
        else if (record.type === 'tool_execution') this.tag('tool', toolName(record.data));
        return;
      case 'span':
        if (record.type === 'agent' || record.type === 'tool') this.tag(record.type, record.name);
        return;
      case 'error':
        return this.search(`${record.location}: ${record.type}: ${record.message}`);
      default:
    }
  }

  private noteHop(data: unknown): void {
    const { from, to } = (data ?? {}) as { from?: unknown; to?: unknown };
    if (typeof from !== 'string' || typeof to !== 'string') return;
    this.tag('hop', `${from} → ${to}`);
    this.tag('agent', to);
  }

  private tag(kind: string, name: string | undefined): void {
    if (!name) return;
    const tag = `${kind}:${name}`;
    this.tags.set(tag, (this.tags.get(tag) ?? 0) + 1);
  }

  private search(...texts: (string | undefined)[]): void {
    for (const text of texts) {
      if (!text || this.searchLength >= 2 * MAX_SEARCH) continue;
      const folded = searchable(text.slice(0, MAX_SEARCH));
      this.searched.push(folded);
      this.searchLength += folded.length;
    }
  }
}

/** Text as search compares it: SQLite's own folding of case knows ASCII only. */
export function searchable(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

function toolName(data: unknown): string | undefined {
  const { name, tool, tool_name } = (data ?? {}) as Record<string, unknown>;
  return [name, tool, tool_name].find((each) => typeof each === 'string');
}
