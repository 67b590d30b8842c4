import { setup as setupOurs } from './ours.mjs';

/** The same with `storage.durability: 'turn'`. */
export const setup = (where) => setupOurs(where, 'turn');
