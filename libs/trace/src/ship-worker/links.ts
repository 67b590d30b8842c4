import { WorkerSupervisor } from '../catalog-worker/supervisor.js';
import { workerEnvironment } from '../catalog-worker/worker-environment.js';
import type { FromShipping, ShipStart, ToShipping } from './protocol.js';
import { ShipThread } from './ship-thread.js';

/** The way to the thread that ships. */
export interface ShipLink {
  /** `false`: there is no thread at present. */
  send(message: ToShipping): boolean;
  close(withinMs: number): Promise<void>;
}

export interface LinkListeners {
  onMessage(message: FromShipping): void;
  /** The thread is gone; the next message starts another one. */
  onDeath(reason: string): void;
}

/** Time that a worker has to end after it has shipped the rest, in milliseconds. */
const END_MS = 1_500;
/** Where drivers find passwords, certificates and the names of hosts, as their own documentation says. */
const FOR_DRIVERS = new Set(['HOME', 'USER', 'USERNAME', 'APPDATA', 'USERPROFILE', 'NODE_EXTRA_CA_CERTS']);

/** A worker thread: shipping takes no time of the application's. */
export function workerLink(worker: string | URL, start: ShipStart, listeners: LinkListeners): ShipLink {
  const supervisor = new WorkerSupervisor<ToShipping, FromShipping>({
    worker,
    name: 'trace-shipper',
    env: workerEnvironment(process.env, (name) => FOR_DRIVERS.has(name) || name.startsWith('PG')),
    life: () => ({ workerData: start }),
    ...listeners,
  });
  return {
    send: (message) => supervisor.send(message),
    close: (withinMs) => supervisor.close({ type: 'close', withinMs }, withinMs + END_MS),
  };
}

/** This thread, for a run on the source, which has no built worker. */
export function inlineLink(start: ShipStart, { onMessage }: LinkListeners): ShipLink {
  let closed: (() => void) | undefined;
  const thread = new ShipThread(start, (message) => {
    onMessage(message);
    if (message.type === 'closed') closed?.();
  });
  return {
    send: (message) => {
      thread.take(message);
      return true;
    },
    close: (withinMs) =>
      new Promise((resolve) => {
        closed = resolve;
        thread.take({ type: 'close', withinMs });
      }),
  };
}
