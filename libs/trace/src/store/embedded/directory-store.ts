import type { CatalogPort } from '../../catalog-worker/catalog-port.js';
import type { CatalogState, StoredLines } from '../../catalog/catalog.api.js';
import { decodeLines } from '../../catalog/indexer/lines.js';
import type { JournalPosition } from '../../journal/write/writer.js';
import type { Baseline, BaselineQuery } from '../../model/baseline.js';
import type { TextSearch, TraceSearch } from '../../model/trace-search.js';
import type { StoredTrace, TracePage } from '../../model/trace.js';
import type { QuestionStore, StoreHealth, TraceErrors, TraceStats, TraceStore } from '../port.js';
import { JournalFeed } from './feed/journal-feed.js';
import { SegmentTable } from './feed/segment-table.js';
import { searchPayloads } from './payload-search.js';

export interface DirectoryStoreParts {
  dir: string;
  catalog: CatalogPort;
  /** Position up to which this process has written the journal, where it writes it. */
  position?: () => JournalPosition | undefined;
}

/** Reads a directory: the catalog finds traces, their records are in the journal. */
export class DirectoryStore implements TraceStore {
  readonly freshness = 'own-writes';
  readonly sorts = ['duration', 'cost'] as const;
  readonly feed: JournalFeed;
  readonly stats: TraceStats;
  readonly errors: TraceErrors;
  protected readonly catalog: CatalogPort;
  private readonly table: SegmentTable;

  constructor({ dir, catalog, position }: DirectoryStoreParts) {
    this.catalog = catalog;
    this.table = new SegmentTable(dir, position, () => catalog.ask('finished'));
    this.feed = new JournalFeed(dir, (keys) => catalog.ask('heads', keys), position, this.table);
    this.errors = { marks: () => catalog.ask('errorStates') };
    this.stats = statsOf(catalog);
  }

  /** This store, which says when its index could not catch up with the journal in the time that a question may wait. */
  question(): QuestionStore {
    let degraded: string | undefined;
    const catalog = this.catalog.noting?.((lacks) => void (degraded = lacks));
    if (!catalog) return this;
    return Object.create(this, {
      catalog: { value: catalog },
      stats: { value: statsOf(catalog) },
      degraded: { get: () => degraded },
    }) as QuestionStore;
  }

  list({ limit, before, ...filter }: TraceSearch): Promise<TracePage> {
    return this.catalog.ask('list', filter, limit, before);
  }

  async search(search: TextSearch): Promise<TracePage> {
    const page = await this.list(search);
    if (!search.q) return page;
    // Payloads are searched in the order of time, so another order has what the index finds.
    if (search.sort !== undefined && search.sort !== 'started') return { ...page, partial: true };
    return searchPayloads(this.catalog, search, page);
  }

  async get(traceId: string): Promise<StoredTrace | undefined> {
    return (await this.getMany([traceId]))[0];
  }

  async getMany(traceIds: readonly string[]): Promise<StoredTrace[]> {
    const traces: StoredTrace[] = [];
    for (let rest = traceIds; rest.length > 0;) {
      const page = await this.catalog.ask('stored', rest);
      for (const stored of page.traces) traces.push(await decoded(stored));
      rest = rest.slice(page.taken);
    }
    return traces;
  }

  baseline(queries: readonly BaselineQuery[]): Promise<Baseline[]> {
    return this.catalog.ask('baseline', queries);
  }

  /** Answers, with a problem, also while the catalog does not. */
  async health(): Promise<StoreHealth & Required<Pick<StoreHealth, 'dropped' | 'corruptRecords' | 'journal'>>> {
    const problems: string[] = [];
    let state: CatalogState | undefined;
    try {
      state = await this.catalog.ask('state');
      problems.push(...state.problems);
    } catch (error) {
      problems.push((error as Error).message);
    }
    const segments = await this.segmentSizes(problems);
    const bytes = segments.reduce((sum, size) => sum + size, 0);
    const sqlite = state && { sqlite: state.sqlite };
    return {
      journal: { bytes, segments: segments.length, lag: state?.lag ?? bytes, ...state?.pruned, ...sqlite },
      dropped: state?.dropped ?? {},
      corruptRecords: state?.corrupt ?? 0,
      problems,
    };
  }

  async close(): Promise<void> {
    this.feed.close();
    await this.catalog.close();
  }

  private async segmentSizes(problems: string[]): Promise<number[]> {
    try {
      await this.table.refresh();
      return this.table.sizes();
    } catch (error) {
      problems.push(`The journal cannot be read: ${(error as Error).message}`);
      return [];
    }
  }
}

function statsOf(catalog: CatalogPort): TraceStats {
  return {
    counts: () => catalog.ask('counts'),
    sample: (range) => catalog.ask('sample', range),
    parts: (ranges) => catalog.ask('sampleParts', ranges),
  };
}

/** The catalog's head has the first 500 characters of the message, the journal has all of them. */
async function decoded({ head, lines }: StoredLines): Promise<StoredTrace> {
  const records = await decodeLines(lines);
  const identified = records.findLast((record) => record.kind === 'identify');
  return { head: { ...head, message: identified ? (identified.message ?? null) : head.message }, records };
}
