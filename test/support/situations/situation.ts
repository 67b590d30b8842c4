import type { RunningApp } from '../nest-app.js';
import type { MemoryTransport } from './memory-transport.js';

/** Quiet time of the application `plain`, in milliseconds. */
export const QUIET_MS = 400;
/** Settings of the application `deadlines`: time limit of a reply, and longest duration of a trace. */
export const REPLY_WITHIN_MS = 900;
export const MAX_MS = 1_400;

/** Application in which a situation runs. In `patient` a trace would wait a minute for its quiet time. */
export type AppName = 'plain' | 'deadlines' | 'patient';

export interface Stage {
  readonly app: RunningApp;
  /** The situation's own contact, and the query `s` of its path. */
  readonly id: string;
  readonly transport: MemoryTransport;
  /** Sends the situation's message to `/webhook/<route>`. */
  send(route: string, more?: Record<string, unknown>): Promise<Response>;
  /** `runInTrace` of the situation's application. */
  runInTrace<T>(start: object, fn: () => T): T;
}

/** One row of the table "situation × hints". */
export interface Situation {
  readonly name: string;
  readonly app: AppName;
  readonly act: (stage: Stage) => unknown;
  /** After the trace's end: late records. */
  readonly late?: (stage: Stage) => unknown;
  readonly status: 'completed' | 'error' | 'silent' | 'timeout' | 'interrupted' | 'cancelled';
  /** Status of the response; absent where there is none. */
  readonly code?: number;
  readonly hints: readonly (string | RegExp)[];
  /** Default: no reply. */
  readonly summary?: Record<string, unknown>;
  /** Exact duration in milliseconds, where a deadline decides it. */
  readonly exactMs?: number;
  /** The work that the situation waits for lasts this long. */
  readonly atLeastMs?: number;
  /** Has no HTTP: runs on one adapter only. */
  readonly once?: true;
}

export const WELL = '✅ Workflow completed successfully';
export const NOTHING_TRACED = 'ℹ️ No error was recorded; nothing inside the handler was traced';
export const CLIENT_LEFT = /^🔌 The client went away( after .+)?, before the answer was out/;
export const REPLIED = { message_sent: true, response_preview: expect.any(String) };

/** The awaited event of a situation's request, by the situation's id. */
export class Meetings {
  private readonly resolvers = new Map<string, () => void>();
  private readonly promises = new Map<string, Promise<void>>();

  /** Resolves once `arrive` was called for the id, before or after this call. */
  of(id: string): Promise<void> {
    let promise = this.promises.get(id);
    if (!promise) {
      promise = new Promise((resolve) => this.resolvers.set(id, resolve));
      this.promises.set(id, promise);
    }
    return promise;
  }

  arrive(id: string): void {
    void this.of(id);
    this.resolvers.get(id)!();
  }
}
