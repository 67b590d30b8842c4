import type { CatalogPort } from '../../catalog-worker/catalog-port.js';
import type { CatalogState } from '../../catalog/catalog.api.js';
import { decodeLines } from '../../catalog/indexer/lines.js';
import type { Baseline, BaselineQuery } from '../../model/baseline.js';
import type { StoredTrace, TraceCounts, TraceFilter, TraceHead, TracePage, TraceSample } from '../../model/trace.js';
import { searchPayloads } from './payload-search.js';
import type { StoreHealth, TraceReader } from '../port.js';
import type { SegmentTable } from './feed/segment-table.js';

/** The reading half of a store, asked of a catalog wherever it runs. */
export class CatalogReader implements TraceReader {
  /** @param problems what else is less than well, and what this process could not keep */
  constructor(
    private readonly table: SegmentTable,
    private readonly catalog: CatalogPort,
    private readonly own: () => { dropped?: Record<string, number>; problems: string[] } = () => ({ problems: [] }),
  ) {}

  async list(filter: TraceFilter, limit: number, before?: string): Promise<TracePage> {
    const page = await this.catalog.ask('list', filter, limit, before);
    return filter.q ? searchPayloads(this.catalog, filter, limit, before, page) : page;
  }

  async get(traceId: string): Promise<StoredTrace | undefined> {
    const stored = await this.catalog.ask('stored', traceId);
    if (!stored) return undefined;
    const records = await decodeLines(stored.lines);
    const identified = records.findLast((record) => record.kind === 'identify');
    // The catalog keeps a line of the message, the journal all of it.
    const message = identified ? (identified.message ?? null) : stored.head.message;
    return { head: { ...stored.head, message }, records };
  }

  idsWithPrefix(prefix: string, limit: number): Promise<string[]> {
    return this.catalog.ask('ids', prefix, limit);
  }

  async heads(keys: string[]): Promise<Map<string, TraceHead>> {
    if (keys.length === 0) return new Map();
    const heads = await this.catalog.ask('heads', keys);
    return new Map(heads.map((head) => [head.key, head]));
  }

  counts(): Promise<TraceCounts> {
    return this.catalog.ask('counts');
  }

  sample(range: { since?: number; until?: number }): Promise<TraceSample> {
    return this.catalog.ask('sample', range);
  }

  baseline(query: BaselineQuery): Promise<Baseline> {
    return this.catalog.ask('baseline', query);
  }

  /** Answers, with a problem, also while the catalog is down. */
  async health(): Promise<StoreHealth> {
    const own = this.own();
    const problems = [...own.problems];
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
      dropped: own.dropped ?? state?.dropped ?? {},
      corruptRecords: state?.corrupt ?? 0,
      problems,
    };
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
