import type { SharedTarget } from './store/shared-target.js';

/** Where the traces that are served are kept. */
export type ServedSource = { readonly dir: string } | { readonly target: SharedTarget };

/** What `get-trace serve` serves, where, and to whom. */
export interface ServeOptions {
  source: ServedSource;
  /** Name or address to listen on. */
  host: string;
  /** 0: a free one. */
  port: number;
  /** The token that every caller needs, and where it comes from. */
  token?: { token: string; from: string };
  /** `NODE_ENV`. */
  environment?: string;
  /** Receives lines about what does not work. */
  warn: (line: string) => void;
}
