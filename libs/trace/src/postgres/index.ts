/**
 * A PostgreSQL database that several instances share.
 *
 * @module nestjs-trace-collector/postgres
 */
export { postgres, type PostgresOptions, type PostgresTarget } from '../store/shared-target.js';
