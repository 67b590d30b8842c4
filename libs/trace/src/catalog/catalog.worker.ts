import { parentPort, workerData } from 'node:worker_threads';
import { TraceCollectorError } from '../model/errors.js';
import { answer } from './answer.js';
import { Catalog, type CatalogOptions } from './catalog.js';
import type { FromWorker, ToWorker } from './worker-protocol.js';

/**
 * The thread that owns the catalog. It opens it with the first message, so that a failure to do so is an answer and
 * not the thread's death; a later message tries again.
 */
let catalog: Catalog | undefined;
/** Between two messages: a nudge must not keep a question waiting. */
const NUDGE_MS = 50;

const port = parentPort!;

port.on('message', (message: ToWorker) => {
  if (message.type === 'close') {
    catalog?.close();
    port.close();
    return;
  }
  if (message.type === 'nudge') return index();
  port.postMessage(reply(message));
});

function index(): void {
  try {
    catalog ??= new Catalog(workerData as CatalogOptions);
    if (!catalog.catchUp(NUDGE_MS)) setImmediate(index);
  } catch {
    // Whoever asks next gets to know.
  }
}

function reply(message: Extract<ToWorker, { type: 'ask' }>): FromWorker {
  try {
    catalog ??= new Catalog(workerData as CatalogOptions);
    return { id: message.id, value: answer(catalog, message.call, message.args) };
  } catch (error) {
    const code = error instanceof TraceCollectorError ? error.code : 'CATALOG_UNAVAILABLE';
    return { id: message.id, error: { code, message: (error as Error).message } };
  }
}
