import type { StoreInstance } from '../model/health.js';
import type { TextSearch, TraceSearch } from '../model/trace-search.js';
import type { StoredTrace, TracePage } from '../model/trace.js';
import type { StoreHealth, TraceFeed, TraceStats, TraceStore } from '../store/port.js';
import type { PostgresTarget } from '../store/shared-target.js';
import { PostgresAdmin } from './admin/admin.js';
import { Database } from './connection/database.js';
import { PostgresErrors } from './errors.js';
import { PostgresFeed } from './feed/feed.js';
import { listInstances } from './instances.js';
import { PostgresReader } from './reading/reader.js';
import { ensureSchema } from './schema/migrate.js';
import { PostgresSentAlerts } from './sent-alerts.js';
import { PostgresStats } from './stats/stats.js';

/**
 * Reads what all instances recorded. Each method rejects with `STORE_UNAVAILABLE` while the database is out of reach, and
 * with `SCHEMA_OUTDATED` or `SCHEMA_NEWER` where this program may not read its tables.
 */
export class PostgresStore implements TraceStore {
  readonly freshness = { lagMs: 1_000 };
  readonly sorts = ['duration', 'cost'] as const;
  readonly stats: TraceStats;
  readonly feed: TraceFeed;
  readonly admin: PostgresAdmin;
  readonly alerts: PostgresSentAlerts;
  readonly errors: PostgresErrors;
  private readonly sources: PostgresFeed;
  private readonly db: Database;
  private readonly reader: PostgresReader;

  constructor(target: PostgresTarget) {
    this.db = new Database(target);
    this.reader = new PostgresReader(this.db);
    const stats = new PostgresStats(this.db);
    this.stats = {
      counts: () => this.read(() => stats.counts()),
      sample: (range) => this.read(() => stats.sample(range)),
      parts: (ranges) => this.read(() => stats.parts(ranges)),
    };
    const feed = (this.sources = new PostgresFeed(this.db));
    this.feed = {
      head: () => this.read(() => feed.head()),
      readAfter: (after, options) => this.read(() => feed.readAfter(after, options)),
      onMore: (listener) => feed.onMore(listener),
      heads: (keys) => this.read(() => feed.heads(keys)),
    };
    this.admin = new PostgresAdmin(this.db);
    this.alerts = new PostgresSentAlerts(this.db);
    this.errors = new PostgresErrors(this.db);
  }

  list(search: TraceSearch): Promise<TracePage> {
    return this.reader.search(search);
  }

  search(search: TextSearch): Promise<TracePage> {
    return this.reader.search(search);
  }

  async get(traceId: string): Promise<StoredTrace | undefined> {
    return (await this.getMany([traceId]))[0];
  }

  getMany(traceIds: readonly string[]): Promise<StoredTrace[]> {
    return this.reader.getMany(traceIds);
  }

  instances(): Promise<StoreInstance[]> {
    return this.read(() => listInstances(this.db));
  }

  async health(): Promise<StoreHealth> {
    const { corruptChunks } = this.reader;
    const corrupt = corruptChunks > 0 && { corruptRecords: corruptChunks };
    try {
      await this.read(() => this.db.rows('SELECT 1'));
      return { problems: [], ...corrupt };
    } catch (error) {
      return { problems: [(error as Error).message], ...corrupt };
    }
  }

  async close(): Promise<void> {
    this.sources.close();
    await this.db.close();
  }

  /** The first question creates the tables, or finds out that they cannot be read. */
  private async read<T>(question: () => Promise<T>): Promise<T> {
    await ensureSchema(this.db, 'read');
    return question();
  }
}
