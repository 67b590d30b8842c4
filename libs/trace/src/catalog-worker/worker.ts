import { parentPort, workerData } from 'node:worker_threads';
import { TraceCollectorError } from '../model/errors.js';
import { setImmediate } from '../model/timers.js';
import { runCall } from './run-call.js';
import { ProgressReporter } from '../catalog/indexer/index-progress.js';
import { Catalog } from '../catalog/catalog.js';
import { TerminationGuard } from '../catalog/db/sqlite/termination-guard.js';
import { poisonGuard } from '../catalog/indexer/poison.js';
import { keepTo, useSqlite } from '../catalog/db/sqlite/sqlite.js';
import type { FromWorker, ToWorker, WorkerStart } from './protocol.js';

/** Between two messages: a nudge must not keep a question waiting. */
const NUDGE_MS = 50;
const REPORT_MS = 10_000;

const { options, sqlite, place, gate, poison } = workerData as WorkerStart;
const port = parentPort!;
const guard = poisonGuard(place, poison);
keepTo(new TerminationGuard(gate));
useSqlite(sqlite);

/**
 * The thread that owns the catalog. It opens it with the first message, so that a failure to do so is an answer and
 * not the thread's death; a later message tries again.
 */
let catalog: Catalog | undefined;
let indexing = false;
const building = new ProgressReporter(
  options.reportMs ?? REPORT_MS,
  () => opened().progress(),
  (progress) => send({ type: 'building', progress }),
);

port.on('message', (message: ToWorker) => {
  if (message.type === 'close') {
    catalog?.close();
    port.close();
  } else if (message.type === 'nudge') {
    index();
  } else {
    send(reply(message));
  }
  guard.leave();
});

/** In pieces, of which only one is waiting for its turn however many nudges come. */
function index(): void {
  if (indexing) return;
  try {
    const done = opened().catchUp(NUDGE_MS);
    building.look(done);
    if (done) return;
    indexing = true;
    setImmediate(() => {
      indexing = false;
      index();
      guard.leave();
    });
  } catch {
    // Whoever asks next gets to know.
  }
}

function reply(message: Extract<ToWorker, { type: 'ask' }>): FromWorker {
  try {
    return { type: 'answer', id: message.id, value: runCall(opened(), message.call, message.args) };
  } catch (error) {
    const code = error instanceof TraceCollectorError ? error.code : 'CATALOG_UNAVAILABLE';
    return { type: 'answer', id: message.id, error: { code, message: (error as Error).message } };
  }
}

function opened(): Catalog {
  catalog ??= new Catalog({ ...options, guard, onInterrupted: (traces) => send({ type: 'interrupted', traces }) });
  return catalog;
}

function send(message: FromWorker): void {
  port.postMessage(message);
}
