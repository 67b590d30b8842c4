import type { StoreInstance } from '../model/health.js';
import type { TextSearch, TraceSearch } from '../model/trace-search.js';
import type { StoredTrace, TracePage } from '../model/trace.js';
import type { StoreHealth, TraceStore } from '../store/port.js';
import type { ClickHouseTarget } from '../store/shared-target.js';
import { ClickHouseAdmin } from './admin/admin.js';
import { ClickHouse } from './connection/click-house.js';
import { ClickHouseErrors } from './errors.js';
import { ClickHouseFeed } from './feed/feed.js';
import { listInstances } from './instances.js';
import { ClickHouseReader } from './reading/reader.js';
import { ensureSchema } from './schema/migrate.js';
import { ClickHouseSentAlerts } from './sent-alerts.js';
import { ClickHouseStats } from './stats/stats.js';

/** Reads what all instances recorded. Each method rejects with `STORE_UNAVAILABLE` while the database is out of reach. */
export class ClickHouseStore implements TraceStore {
  readonly freshness = { lagMs: 1_500 };
  readonly sorts = ['duration', 'cost'] as const;
  readonly errors: ClickHouseErrors;
  readonly stats: ClickHouseStats;
  readonly feed: ClickHouseFeed;
  readonly admin: ClickHouseAdmin;
  readonly alerts: ClickHouseSentAlerts;
  private readonly db: ClickHouse;
  private readonly reader: ClickHouseReader;

  constructor(target: ClickHouseTarget) {
    this.db = new ClickHouse(target);
    this.reader = new ClickHouseReader(this.db);
    this.stats = new ClickHouseStats(this.db);
    this.feed = new ClickHouseFeed(this.db);
    this.errors = new ClickHouseErrors(this.db);
    this.admin = new ClickHouseAdmin(this.db);
    this.alerts = new ClickHouseSentAlerts(this.db);
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
      await ensureSchema(this.db, 'read');
      await this.db.rows('SELECT 1 AS one');
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
