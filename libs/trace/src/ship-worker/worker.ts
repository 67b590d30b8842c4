import { parentPort, workerData } from 'node:worker_threads';
import type { FromShipping, ShipStart, ToShipping } from './protocol.js';
import { ShipThread } from './ship-thread.js';

const port = parentPort!;
const send = (message: FromShipping): void => {
  port.postMessage(message);
  // Nothing else keeps the thread.
  if (message.type === 'closed') port.close();
};
const thread = new ShipThread(workerData as ShipStart, send);
port.on('message', (message: ToShipping) => thread.take(message));
