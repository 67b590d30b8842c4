import { fileOf, loggerTo } from './pino.mjs';

/** pino with one synchronous write per line. */
export const setup = (where) => loggerTo(fileOf(where, { sync: true }));
