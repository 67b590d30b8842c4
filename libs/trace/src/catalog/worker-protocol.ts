import type { ErrorCode } from '../model/errors.js';
import type { CatalogApi } from './catalog.api.js';

type Ask = {
  [K in keyof CatalogApi]: { type: 'ask'; id: number; call: K; args: Parameters<CatalogApi[K]> };
}[keyof CatalogApi];

/** What the main thread sends. */
export type ToWorker = Ask | { type: 'nudge' } | { type: 'close' };

/** What comes back for an `ask`. */
export interface FromWorker {
  id: number;
  value?: unknown;
  error?: { code: ErrorCode; message: string };
}
