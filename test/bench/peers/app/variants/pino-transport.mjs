import pino from 'pino';
import { loggerTo, logFile } from './pino.mjs';

/** pino with the transport `pino/file`, a worker thread that writes the file. */
export function setup({ dir }) {
  return loggerTo(pino.transport({ target: 'pino/file', options: { destination: logFile(dir) } }));
}
