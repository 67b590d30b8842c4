import { TraceCollectorError } from '../model/errors.js';
import { wallNow } from '../model/timers.js';
import type { TraceStore } from '../store/port.js';
import type { Shipper } from './shipper.js';

/** In the place of a reader that could not be opened: each question is refused with the reason. */
export function unavailableStore(reason: unknown): TraceStore {
  const refuse = (): Promise<never> => Promise.reject(errorOf(reason));
  return {
    freshness: { lagMs: 0 },
    list: refuse,
    get: refuse,
    getMany: refuse,
    instances: refuse,
    health: async () => ({ problems: [errorOf(reason).message] }),
    close: async () => undefined,
  };
}

/** In the place of a shipper that could not be started: the journal waits in the directory for the next start. */
export function unavailableShipper(reason: unknown): Shipper {
  return {
    state: {
      connected: false,
      sinceMs: wallNow(),
      lagBytes: 0,
      lagMs: 0,
      lostBytes: 0,
      lastError: errorOf(reason).message,
    },
    flush: async () => false,
    onErasure: () => undefined,
    close: async () => undefined,
  };
}

function errorOf(reason: unknown): TraceCollectorError {
  if (reason instanceof TraceCollectorError) return reason;
  const message = reason instanceof Error ? reason.message : String(reason);
  return new TraceCollectorError('STORE_UNAVAILABLE', message, { cause: reason });
}
