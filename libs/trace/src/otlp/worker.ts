import { parentPort, workerData } from 'node:worker_threads';
import { OtlpThread } from './otlp-thread.js';
import type { FromOtlp, OtlpStart, ToOtlp } from './protocol.js';

const port = parentPort!;
const send = (message: FromOtlp): void => {
  port.postMessage(message);
  // Nothing else keeps the thread.
  if (message.type === 'closed') port.close();
};
const thread = new OtlpThread(workerData as OtlpStart, send);
port.on('message', (message: ToOtlp) => thread.take(message));
