import { promisify } from 'node:util';
import pino from 'pino';
import { fileOf, linePerStep } from './pino.mjs';

/** pino's asynchronous mode, with the buffer that its documentation proposes. */
export function setup(where) {
  const file = fileOf(where, { sync: false, minLength: 4_096 });
  return { ...linePerStep(pino(file)), flush: () => promisify(file.flush.bind(file))() };
}
