import type { StoreInstance } from '../model/health.js';

/** The process that answers, as a list of instances shows it. */
export type OwnInstance = Pick<StoreInstance, 'instance' | 'service' | 'host' | 'pid' | 'version'>;
