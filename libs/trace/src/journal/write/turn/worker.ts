import { workerData } from 'node:worker_threads';
import { viewsOf } from './shared-state.js';
import { runWatchdog } from './watchdog-loop.js';

/** The watchdog's thread. */
const { words, bytes } = viewsOf(workerData as SharedArrayBuffer);
runWatchdog(words, bytes);
