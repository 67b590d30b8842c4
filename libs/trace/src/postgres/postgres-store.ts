import type { StoreInstance } from '../model/health.js';
import type { TextSearch, TraceSearch } from '../model/trace-search.js';
import type { StoredTrace, TracePage } from '../model/trace.js';
import type { StoreHealth, TraceStore } from '../store/port.js';
import type { PostgresTarget } from '../store/shared-target.js';
import { PostgresAdmin } from './admin/admin.js';
import { Database } from './connection/database.js';
import { PostgresFeed } from './feed/feed.js';
import { listInstances } from './instances.js';
import { PostgresReader } from './reading/reader.js';
import { PostgresStats } from './stats/stats.js';

/** Reads what all instances recorded. Each method rejects with `STORE_UNAVAILABLE` while the database is out of reach. */
export class PostgresStore implements TraceStore {
  readonly freshness = { lagMs: 1_000 };
  readonly stats: PostgresStats;
  readonly feed: PostgresFeed;
  readonly admin: PostgresAdmin;
  private readonly db: Database;
  private readonly reader: PostgresReader;

  constructor(target: PostgresTarget) {
    this.db = new Database(target);
    this.reader = new PostgresReader(this.db);
    this.stats = new PostgresStats(this.db);
    this.feed = new PostgresFeed(this.db);
    this.admin = new PostgresAdmin(this.db);
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
    return listInstances(this.db);
  }

  async health(): Promise<StoreHealth> {
    try {
      await this.db.rows('SELECT 1');
      return { problems: [] };
    } catch (error) {
      return { problems: [`The shared store does not answer: ${(error as Error).message}`] };
    }
  }

  async close(): Promise<void> {
    this.feed.close();
    await this.db.close();
  }
}
