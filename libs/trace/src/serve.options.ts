import type { NoSpanTaker, SpanTaker } from './debug/otlp/otlp-endpoint.js';
import type { TraceQueryServiceOptions } from './query/trace-query.js';
import type { SharedTarget } from './store/shared-target.js';

/** Where the traces that are served are kept. */
export type ServedSource = ServedDirectory | { readonly target: SharedTarget };

/** A directory of traces, and what `serve` does to it. */
export interface ServedDirectory {
  readonly dir: string;
  /**
   * `spans`: spans that arrive are recorded; the index and the age of traces stay the application's. `alone`: they are
   * recorded, and `serve` indexes the directory and deletes old traces, as an application does. Default: nothing is changed.
   */
  readonly record?: 'spans' | 'alone';
}

/** What `get-trace serve` serves, where, and to whom. */
export interface ServeOptions {
  source: ServedSource;
  /** Name or address to listen on. */
  host: string;
  /** 0: a free one. */
  port: number;
  /** The token that every caller needs, and where it comes from. */
  token?: { token: string; from: string };
  /** Variables of the process: `NODE_ENV`, and with `alone` those that limit what is kept. */
  env: NodeJS.ProcessEnv;
  /** Receives lines about what does not work. */
  warn: (line: string) => void;
}

/** The store that is served, and what takes spans into it. */
export interface ServedStore extends Pick<TraceQueryServiceOptions, 'store' | 'own' | 'internalErrors' | 'received'> {
  readonly spans: SpanTaker | NoSpanTaker;
  /** Called with the address of the debug routes when `serve` listens. */
  listening?(url: string): void;
  close(): Promise<void>;
}
