import { TraceCollectorError } from '../../../libs/trace/src/model/errors.js';
import type { StreamMessage } from '../../../libs/trace/src/contract/responses.js';
import type { Notice } from '../source/choose-source.js';
import type { HttpClient } from '../source/http-client.js';
import { httpSource } from '../source/http-source.js';
import { connectionReason, ServerProblem } from '../source/server-problem.js';
import { Backoff } from './backoff.js';
import { MissedTraces } from './missed-traces.js';
import { ServerConnection, type FollowFilter } from './server-connection.js';

/**
 * The server's stream across restarts: each reconnect resumes after the last message, without end.
 */
export class ServerFollower {
  private first: ServerConnection | undefined;
  private position: string | undefined;
  private readonly backoff = new Backoff();
  private readonly missed: MissedTraces;

  constructor(
    private readonly client: HttpClient,
    private readonly filter: FollowFilter,
    private readonly notice: Notice,
    private readonly signal: AbortSignal,
  ) {
    this.missed = new MissedTraces(httpSource(client), filter);
  }

  /** Connects for the first time. Rejects with `ServerProblem` where no server of ours answers. */
  async open(): Promise<void> {
    this.first = await this.connect();
  }

  async *messages(): AsyncGenerator<StreamMessage> {
    let connection: ServerConnection | undefined = this.first ?? (await this.connect());
    await this.notice(`Watching ${this.client.href} (Ctrl-C ends it)`);
    // Before the first message there is no position to resume from, only this time.
    let since = connection.openedAt;
    let lost = false;
    while (!this.signal.aborted) {
      let reason = 'closed the stream';
      try {
        connection ??= await this.connect();
        if (lost) {
          await this.notice(`Back at ${this.client.href}`);
          lost = false;
          if (this.position === undefined && since !== undefined) yield* this.missed.since(since);
        }
        since = connection.openedAt ?? since;
        this.backoff.reset();
        for await (const message of connection.messages()) {
          this.position = message.id;
          if (!this.missed.has(message)) yield message;
        }
      } catch (error) {
        if (this.signal.aborted) return;
        if (!(await this.worthRetrying(error))) throw error;
        reason = error instanceof ServerProblem ? error.reason : connectionReason(error);
      }
      this.position ??= connection?.position;
      connection = undefined;
      if (this.signal.aborted) return;
      if (!lost) await this.notice(`Lost ${this.client.href} (${reason}); waiting for it to come back`);
      lost = true;
      await this.backoff.wait(this.signal);
    }
  }

  private connect(): Promise<ServerConnection> {
    return ServerConnection.open(this.client, this.filter, this.position, this.signal);
  }

  /** A restarting server refuses, resets, or answers half-ready. Only a coded error is final. */
  private async worthRetrying(error: unknown): Promise<boolean> {
    if (!(error instanceof TraceCollectorError)) return true;
    if (error.code !== 'BAD_POSITION') return error.code === 'CATALOG_UNAVAILABLE';
    await this.notice(
      `${this.client.href} has no messages of this position (was its data deleted?); resuming from now`,
    );
    this.position = undefined;
    return true;
  }
}
