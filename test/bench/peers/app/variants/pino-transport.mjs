import { promisify } from 'node:util';
import pino from 'pino';
import { linePerStep, logFile } from './pino.mjs';

/** pino with the transport `pino/file`, a worker thread that writes the file. */
export function setup({ dir }) {
  const transport = pino.transport({ target: 'pino/file', options: { destination: logFile(dir) } });
  return { ...linePerStep(pino(transport)), flush: () => promisify(transport.flush.bind(transport))() };
}
