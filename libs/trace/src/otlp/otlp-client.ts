import { hostname } from 'node:os';
import { WorkerSupervisor } from '../catalog-worker/supervisor.js';
import { workerEnvironment } from '../catalog-worker/worker-environment.js';
import type { JournalPosition, JournalWriter } from '../journal/write/writer.js';
import type { OtlpHealth } from '../model/health.js';
import { packageVersion } from '../model/package-version.js';
import { clearInterval, setInterval } from '../model/timers.js';
import { OtlpThread } from './otlp-thread.js';
import type { FromOtlp, OtlpReport, OtlpStart, ToOtlp } from './protocol.js';
import { otlpWorkerCode } from './worker-code.js';

export interface OtlpClientOptions extends OtlpStart {
  /** Writes this process's part of the journal. */
  writer: Pick<JournalWriter, 'position' | 'writer'>;
}

/** Between two looks whether the process has recorded something: a request has the traces that ended meanwhile. */
const POLL_MS = 500;
/** Time that a worker has to end after it has sent the rest, in milliseconds. */
const END_MS = 1_000;
const NO_REPORT: OtlpReport = {
  connected: true,
  lagBytes: 0,
  lostBytes: 0,
  sentSpans: 0,
  sentTraces: 0,
  rejectedSpans: 0,
  lastError: null,
};

/**
 * The side of the thread that records. It sends how far the journal is, twice a second at most; the worker reads the journal
 * itself. A worker that dies is started again, and goes on behind what was sent.
 */
export class OtlpClient {
  private readonly timer: NodeJS.Timeout;
  private readonly link: OtlpLink;
  private report = NO_REPORT;
  private died: string | undefined;
  private isStarted = false;
  private sent: JournalPosition | undefined;
  private isClosed = false;

  constructor(private readonly options: OtlpClientOptions) {
    const { writer: _writer, ...start } = options;
    this.link = openLink(
      start,
      (message) => {
        if (message.type !== 'report') return;
        this.report = message.report;
        this.died = undefined;
      },
      (reason) => {
        this.isStarted = false;
        this.died = this.isClosed ? undefined : `the thread that sends traces has ended: ${reason}`;
      },
    );
    this.timer = setInterval(() => this.poll(), POLL_MS).unref();
  }

  /** State of the sending, for `GET /debug/health`. */
  health(): OtlpHealth {
    const { connected, lagBytes, lostBytes, sentSpans, sentTraces, rejectedSpans, lastError } = this.report;
    return {
      receiver: new URL(this.options.send.url).host,
      connected: connected && this.died === undefined,
      lag_bytes: lagBytes,
      lost_bytes: lostBytes,
      sent_traces: sentTraces,
      sent_spans: sentSpans,
      rejected_spans: rejectedSpans,
      last_error: this.died ?? lastError,
    };
  }

  /** One sentence for each way in which traces do not arrive. */
  problems(): string[] {
    const {
      receiver,
      connected,
      lag_bytes: lag,
      lost_bytes: lost,
      rejected_spans: rejected,
      last_error,
    } = this.health();
    const reason = last_error === null ? '' : `: ${last_error.replace(/[.\s]+$/, '')}`;
    return [
      ...(connected ? [] : [`Traces cannot be sent to ${receiver}${reason}. ${lag} bytes of the journal wait.`]),
      ...(rejected === 0 ? [] : [`${receiver} refused ${rejected} spans for good${connected ? reason : ''}.`]),
      ...(lost === 0 ? [] : [`${lost} bytes were deleted before their traces were sent: see otlp.maxLagBytes.`]),
    ];
  }

  /** The journal is about to be sealed, and will have no position then. */
  sealing(): void {
    this.poll();
  }

  /** Sends the rest. The journal must be sealed. @param withinMs what takes longer is sent by the next process of the directory */
  async close(withinMs: number): Promise<void> {
    if (this.isClosed) return;
    clearInterval(this.timer);
    this.isStarted = false;
    this.poll();
    this.isClosed = true;
    await this.link.close(withinMs);
  }

  private poll(): void {
    const at = this.options.writer.position();
    if (this.isStarted && at?.segment === this.sent?.segment && at?.offset === this.sent?.offset) return;
    this.isStarted = this.link.send(this.message(at));
    if (this.isStarted) this.sent = at;
  }

  /** A closed journal has no position any more; its writer is then the one that was there before. */
  private message(at: JournalPosition | undefined): ToOtlp {
    if (at === undefined && this.sent === undefined) return { type: 'start' };
    const { id, number } = this.options.writer.writer;
    const writer = { id, number, host: hostname(), pid: process.pid, version: packageVersion() };
    return { type: 'recorded', writer, at };
  }
}

interface OtlpLink {
  /** `false`: there is no thread at present. */
  send(message: ToOtlp): boolean;
  close(withinMs: number): Promise<void>;
}

function openLink(
  start: OtlpStart,
  onMessage: (message: FromOtlp) => void,
  onDeath: (reason: string) => void,
): OtlpLink {
  const worker = otlpWorkerCode();
  if (worker === undefined) return inlineLink(start, onMessage);
  const supervisor = new WorkerSupervisor<ToOtlp, FromOtlp>({
    worker,
    name: 'trace-otlp',
    env: workerEnvironment(process.env, (name) => name === 'NODE_EXTRA_CA_CERTS'),
    life: () => ({ workerData: start }),
    onMessage,
    onDeath,
  });
  return {
    send: (message) => supervisor.send(message),
    close: (withinMs) => supervisor.close({ type: 'close', withinMs }, withinMs + END_MS),
  };
}

/** This thread, for a run on the source, which has no built worker. */
function inlineLink(start: OtlpStart, onMessage: (message: FromOtlp) => void): OtlpLink {
  let closed: (() => void) | undefined;
  const thread = new OtlpThread(start, (message) => {
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
