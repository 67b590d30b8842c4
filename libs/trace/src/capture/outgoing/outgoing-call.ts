import type { CallObserver, CallTarget, TraceRef } from '../../context/recorder.js';
import type { SpanId } from '../../model/record.js';
import { performance } from '../../model/timers.js';
import type { ActiveTrace } from '../trace/active-trace.js';
import { unreadBody } from './body/bytes-copy.js';
import { HASHED_BYTES, PassingBody } from './body/passing-body.js';
import { type CallFailure, transportFailure } from './call-failure.js';
import { type CallMoment, type CallParts, CallRecord } from './call-record.js';
import type { CallSite } from './call-site.js';
import type { BodyCopy, OutgoingResponse } from './outgoing-dialect.js';
import { SentRequest } from './sent-request.js';

type Headers = Readonly<Record<string, string>>;

const NO_HEADERS: Headers = {};

/**
 * Gathers what passes on one outgoing call. The record begins when the request is out, so that its name and input are
 * known, with the time at which the call really began.
 */
export class OutgoingCall implements CallObserver {
  private readonly began: CallMoment;
  /** Keeps the trace open until the record does. */
  private readonly release: () => void;
  private headers: Headers;
  private sentBody: PassingBody | undefined;
  private record: CallRecord | undefined;
  private status = 0;
  private responseHeaders: Headers = NO_HEADERS;
  private receivedBody: PassingBody | undefined;
  private over = false;

  /** @param spanId of its span, where the call was sent on with it */
  constructor(
    private readonly parts: CallParts,
    private readonly ref: TraceRef,
    private readonly trace: ActiveTrace,
    private readonly site: CallSite,
    private readonly target: CallTarget,
    private readonly spanId?: SpanId,
  ) {
    this.began = this.now();
    this.headers = target.headers ?? NO_HEADERS;
    this.release = ref.recorder.hold(ref);
  }

  requestHeaders(headers: Headers): void {
    if (!this.record) this.headers = { ...this.headers, ...headers };
  }

  sent(chunk: Uint8Array | string): void {
    try {
      if (this.record || this.over) return;
      this.sentBody ??= this.bodyOf(Math.max(HASHED_BYTES, this.parts.bodyLimit(this.site, this.headers)));
      this.sentBody.add(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    } catch (error) {
      this.fault(error);
    }
  }

  sentAll(): void {
    try {
      this.open();
    } catch (error) {
      this.fault(error);
    }
  }

  responded(status: number, headers: Headers): void {
    try {
      // 100 Continue, 103 Early Hints: the response itself is still to come.
      if (this.over || (status < 200 && status !== 101)) return;
      const record = this.open();
      this.status = status;
      this.responseHeaders = headers;
      this.receivedBody = new PassingBody(record.responseLimit(headers), headers, record.readsModel);
    } catch (error) {
      this.fault(error);
    }
  }

  received(chunk: Uint8Array): void {
    try {
      if (!this.over) this.receivedBody?.add(chunk);
    } catch (error) {
      this.fault(error);
    }
  }

  finished(): void {
    this.end('whole');
  }

  failed(error: unknown): void {
    this.end('broken', transportFailure(error));
  }

  left(): void {
    this.end('left');
  }

  private open(): CallRecord {
    if (this.record) return this.record;
    this.record = new CallRecord(this.parts, this.ref, this.trace, this.site, this.began, this.spanId);
    try {
      this.record.open(this.request());
    } finally {
      this.release();
    }
    return this.record;
  }

  private end(ended: OutgoingResponse['ended'], failure?: CallFailure): void {
    if (this.over) return;
    this.over = true;
    try {
      const at = this.now();
      this.open();
      const body = this.receivedBody?.copy() ?? unreadBody(0);
      if (!(body instanceof Promise)) return this.close(body, ended, at, failure);
      body.then((copy) => this.close(copy, ended, at, failure)).catch((error: unknown) => this.fault(error));
    } catch (error) {
      this.fault(error);
    }
  }

  private close(body: BodyCopy, ended: OutgoingResponse['ended'], at: CallMoment, failure?: CallFailure): void {
    this.record!.close(this.response(body, ended), at, failure);
  }

  /** Compressed requests are not decoded: the clients that send some, such as exporters, are read by no dialect. */
  private bodyOf(maxBytes: number): PassingBody {
    const { 'content-type': type = '' } = this.headers;
    return new PassingBody(maxBytes, { 'content-type': type }, false);
  }

  private request(): SentRequest {
    return new SentRequest(this.site.target, this.target.path, this.headers, this.sentBody);
  }

  private response(body: BodyCopy, ended: OutgoingResponse['ended']): OutgoingResponse {
    const { began, receivedBody, status, responseHeaders: headers } = this;
    return {
      status,
      headers,
      body,
      ended,
      timeAt: (offset) => {
        const mono = receivedBody?.monoAt(offset);
        return mono === undefined ? undefined : Math.max(0, mono - began.mono);
      },
    };
  }

  private now(): CallMoment {
    return { at: this.parts.clock.now(), mono: performance.now() };
  }

  /** What is thrown here would break the application's call. */
  private fault(error: unknown): void {
    this.parts.internalErrors.add('outgoing call', error);
  }
}
