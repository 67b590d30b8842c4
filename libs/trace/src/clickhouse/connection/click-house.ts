import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import { TraceCollectorError } from '../../model/errors.js';
import { shownTarget, type ClickHouseTarget } from '../../store/shared-target.js';
import { loadClickHouse } from './load-client.js';

/** Statements are written with this database, so that they can be copied into `clickhouse-client`. */
const WRITTEN_DATABASE = /\bnestjs_traces\b/g;
/** Milliseconds that one statement may take. */
const TIMEOUT_MS = 30_000;
/** Statements of this process at a time. */
const MAX_CONNECTIONS = 8;

const READ: ClickHouseSettings = {
  // All of our integers are exact in a double.
  output_format_json_quote_64bit_integers: 0,
  // Both parts of a partition key are in the sorting key, so rows of two partitions never replace each other.
  do_not_merge_across_partitions_select_final: 1,
};

/**
 * The server collects the inserts of all instances for some milliseconds and writes one part: a part for each of them
 * would be more than it can merge. An insert is answered when its rows can be read.
 */
const INSERT: ClickHouseSettings = {
  async_insert: 1,
  wait_for_async_insert: 1,
  // What was not shipped for a long time is of many days.
  max_partitions_per_insert_block: '0',
};

/** Values of `{name:Type}` in a statement. */
export type Params = Record<string, unknown>;

/**
 * The connection of this process to one ClickHouse. It opens at its first use.
 *
 * Methods reject with `DRIVER_MISSING`, or with `STORE_UNAVAILABLE` for all that the server or the network refuses.
 */
export class ClickHouse {
  private opened: ClickHouseClient | undefined;

  constructor(readonly target: ClickHouseTarget) {}

  async rows<T>(statement: string, params: Params = {}, settings: ClickHouseSettings = {}): Promise<T[]> {
    return this.call(async (client) => {
      const result = await client.query({
        query: this.text(statement),
        query_params: params,
        format: 'JSONEachRow',
        clickhouse_settings: { ...READ, ...settings },
      });
      return result.json<T>();
    });
  }

  /** Runs a statement without rows. */
  async run(statement: string, params: Params = {}, settings: ClickHouseSettings = {}): Promise<void> {
    await this.call((client) =>
      client.command({ query: this.text(statement), query_params: params, clickhouse_settings: settings }),
    );
  }

  /**
   * Stores rows. Without a deduplication token: rows that are stored twice replace each other, and readers take each record
   * once. A token could leave out rows that were lost in a crash after the server had noted it.
   */
  async insert(table: string, rows: readonly object[]): Promise<void> {
    if (rows.length === 0) return;
    await this.call((client) =>
      client.insert({
        table: `${this.target.database}.${table}`,
        values: rows as object[],
        format: 'JSONEachRow',
        clickhouse_settings: INSERT,
      }),
    );
  }

  /** Does not reject, and may be called twice. */
  async close(): Promise<void> {
    const { opened } = this;
    this.opened = undefined;
    await opened?.close().catch(() => undefined);
  }

  /** The statement with the target's database. */
  text(statement: string): string {
    return statement.replaceAll(WRITTEN_DATABASE, this.target.database);
  }

  private async call<T>(work: (client: ClickHouseClient) => Promise<T>): Promise<T> {
    const client = this.client();
    try {
      return await work(client);
    } catch (error) {
      throw this.unavailable(error as Error);
    }
  }

  private unavailable(error: Error & { code?: string; type?: string }): TraceCollectorError {
    const [line = ''] = error.message.split('\n');
    const reason = [error.type ?? error.code, line.slice(0, 300)].filter(Boolean).join(': ');
    return new TraceCollectorError('STORE_UNAVAILABLE', `ClickHouse at ${shownTarget(this.target)}: ${reason}`, {
      cause: error,
    });
  }

  private client(): ClickHouseClient {
    if (this.opened) return this.opened;
    const { createClient, ClickHouseLogLevel } = loadClickHouse();
    return (this.opened = createClient({
      url: this.target.url,
      application: 'nestjs-trace-collector',
      max_open_connections: MAX_CONNECTIONS,
      request_timeout: TIMEOUT_MS,
      log: { level: ClickHouseLogLevel.OFF },
    }));
  }
}
