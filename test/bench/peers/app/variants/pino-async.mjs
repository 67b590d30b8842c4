import { fileOf, loggerTo } from './pino.mjs';

/** pino's asynchronous mode with the buffer that its documentation proposes. */
export const setup = (where) => loggerTo(fileOf(where, { sync: false, minLength: 4_096 }));
