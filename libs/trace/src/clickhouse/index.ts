/**
 * A ClickHouse database that several instances share.
 *
 * @module nestjs-trace-collector/clickhouse
 */
export { clickhouse, type ClickHouseOptions, type ClickHouseTarget } from '../store/shared-target.js';
