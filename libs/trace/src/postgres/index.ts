export { postgres, type PostgresOptions, type PostgresTarget } from '../store/shared-target.js';
