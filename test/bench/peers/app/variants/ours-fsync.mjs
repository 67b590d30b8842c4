import { setup as setupOurs } from './ours.mjs';

/** The same with `storage.durability: 'fsync'`. */
export const setup = (where) => setupOurs(where, 'fsync');
