import { FAILED_STATUSES } from '../../model/status.js';

/** `FAILED_STATUSES` as a list of SQL. The partial index and its query need the same words. */
export const FAILED_LIST = `(${FAILED_STATUSES.map((status) => `'${status}'`).join(', ')})`;
