import { parentPort, workerData } from 'node:worker_threads';
import { guardDatabases, useSqlite } from '../catalog/db/sqlite/sqlite.js';
import { TerminationGuard } from '../catalog/db/sqlite/termination-guard.js';
import { TraceCollectorError } from '../model/errors.js';
import { setImmediate } from '../model/timers.js';
import { MaintainedCatalog } from './maintained-catalog.js';
import { NudgeGate } from './nudge-gate.js';
import { ProgressReporter } from './progress-reporter.js';
import type { FromWorker, ToWorker, WorkerStart } from './protocol.js';

/** Time slice of indexing between two messages, in milliseconds: a query waits this long. */
const SLICE_MS = 50;
const REPORT_MS = 10_000;

const { options, sqlite, guard, nudges } = workerData as WorkerStart;
const gate = new NudgeGate(nudges);
const port = parentPort!;
guardDatabases(new TerminationGuard(guard));
useSqlite(sqlite);

/**
 * The catalog of this thread, opened by the first message, so that a failure to open it is an answer and does not end the
 * thread. A later message tries again.
 */
let catalog: MaintainedCatalog | undefined;
let isIndexing = false;
const progress = new ProgressReporter(
  options.reportMs ?? REPORT_MS,
  () => opened().queries.progress(),
  (state) => send({ type: 'progress', progress: state }),
);

port.on('message', (message: ToWorker) => {
  if (message.type === 'close') {
    catalog?.close();
    port.close();
  } else if (message.type === 'nudge') {
    gate.open();
    index();
  } else {
    send(reply(message));
  }
});

/** Works in slices. One slice waits for its turn, however many nudges come. */
function index(): void {
  if (isIndexing) return;
  try {
    const done = opened().turn(SLICE_MS);
    progress.look(done);
    if (done) return;
    isIndexing = true;
    setImmediate(() => {
      isIndexing = false;
      index();
    });
  } catch {
    // The next call fails with the same error and returns it.
  }
}

function reply({ id, call, args }: Extract<ToWorker, { type: 'ask' }>): FromWorker {
  try {
    const value = opened().call(call, args);
    const lacks = catalog?.lacking();
    return lacks === undefined ? { type: 'answer', id, value } : { type: 'answer', id, value, lacks };
  } catch (error) {
    const code = error instanceof TraceCollectorError ? error.code : 'CATALOG_UNAVAILABLE';
    return { type: 'answer', id, error: { code, message: (error as Error).message } };
  }
}

function opened(): MaintainedCatalog {
  catalog ??= new MaintainedCatalog({
    ...options,
    onInterrupted: (traces) => send({ type: 'interrupted', traces }),
  });
  return catalog;
}

function send(message: FromWorker): void {
  port.postMessage(message);
}
