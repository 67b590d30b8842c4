export { clickhouse, type ClickHouseOptions, type ClickHouseTarget } from '../store/shared-target.js';
