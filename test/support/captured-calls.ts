import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type Capture, createCapture } from '../../libs/trace/src/capture/capture.js';
import {
  type CaptureModuleOptions,
  resolveCapture,
  resolveLifecycle,
} from '../../libs/trace/src/capture/capture.options.js';
import type { TraceRef } from '../../libs/trace/src/context/recorder.js';
import { currentRef, runWith } from '../../libs/trace/src/context/trace-context.js';
import { SystemClock } from '../../libs/trace/src/model/clock.js';
import { DEFAULT_LIMITS, type Limits, type RedactOptions } from '../../libs/trace/src/serialize/serializer.js';

export interface CapturedRecord {
  kind: string;
  trace: string;
  span?: string;
  parent?: string;
  [field: string]: any;
}

/** A span with both of its records as one. */
export interface CapturedSpan {
  trace: string;
  span: string;
  parent: string | undefined;
  type: string;
  name: string;
  attributes: Record<string, unknown>;
  input: any;
  output: any;
  usage: any;
  outcome: string;
  ts: number;
  ms: number;
}

/** Capture over a list of records, without an application. */
export class CapturedCalls {
  readonly records: CapturedRecord[] = [];
  readonly capture: Capture;

  constructor(
    options: CaptureModuleOptions = {},
    { redact = {}, limits = {} }: { redact?: RedactOptions; limits?: Partial<Limits> } = {},
  ) {
    const append = (draft: object): boolean => {
      this.records.push(plain(draft));
      return true;
    };
    this.capture = createCapture(
      {
        ...resolveCapture({ logs: false, ai: false, ...options }, {}),
        redact,
        limits: { ...DEFAULT_LIMITS, ...limits },
        lifecycle: resolveLifecycle({ quietMs: 20 }),
      },
      { append, writer: { id: 'writer', number: 1 } as never },
      new SystemClock(),
      () => ({ filter: {} as never }),
    );
  }

  /** Runs `work` in a trace of its own. Returns the trace's key with the result. */
  async trace<T>(work: (ref: TraceRef) => Promise<T>): Promise<{ key: string; result: T }> {
    const ref = this.capture.recorder.startTrace({ contactId: 'lead' });
    const release = this.capture.recorder.hold(ref);
    try {
      return { key: ref.key, result: await runWith(ref, () => work(currentRef()!)) };
    } finally {
      release();
    }
  }

  /** The spans of a trace, or of all, once the given number of them ended. */
  async spans(key?: string, count = 1): Promise<CapturedSpan[]> {
    for (;;) {
      const spans = this.ended(key);
      if (spans.length >= count) return spans;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** The spans that ended until now. */
  ended(key?: string): CapturedSpan[] {
    const own = this.records.filter(({ trace }) => key === undefined || trace === key);
    return own
      .filter(({ kind }) => kind === 'span_end')
      .map((end) => {
        const start = own.find(({ kind, span }) => kind === 'span' && span === end.span)!;
        return {
          trace: end.trace,
          span: end.span!,
          parent: start.parent,
          type: start.type,
          name: start.name,
          attributes: { ...start.attributes, ...end.attributes },
          // One that came with the end is text.
          input: end.input === undefined ? start.input : JSON.parse(end.input),
          output: end.output,
          usage: end.usage,
          outcome: end.outcome ?? 'ok',
          ts: start.ts,
          ms: end.ms,
        };
      });
  }

  events(key?: string): CapturedRecord[] {
    return this.records.filter(({ kind, trace }) => kind === 'event' && (key === undefined || trace === key));
  }

  get faults(): number {
    return this.capture.internalErrors.count;
  }

  close(): void {
    this.capture.close();
  }
}

/** Payloads are bytes that the next record overwrites. */
function plain(draft: object): CapturedRecord {
  return Object.fromEntries(
    Object.entries(draft)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [
        name,
        typeof value === 'object' && value !== null && 'buffer' in value ? JSON.parse(String(value)) : value,
      ]),
  ) as CapturedRecord;
}

export interface FakeServer {
  readonly url: string;
  readonly host: string;
  /** Connections that were made. */
  readonly sockets: Set<Socket>;
  /** Requests as they arrived: line, headers, body. */
  readonly seen: { method: string; url: string; headers: string[]; body: string }[];
  close(): Promise<void>;
}

/** A real server on a free port, whose answers `handle` writes. */
export async function fakeServer(
  handle: (request: IncomingMessage, response: ServerResponse, body: string) => unknown,
): Promise<FakeServer> {
  const sockets = new Set<Socket>();
  const seen: FakeServer['seen'] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      seen.push({ method: request.method!, url: request.url!, headers: request.rawHeaders, body });
      void handle(request, response, body);
    });
  });
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}`,
    host,
    sockets,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
