import type { SpanHandle, SpanOutcome, TraceRef } from '../../context/recorder.js';
import { ATTRIBUTE, type Attributes } from '../../model/attributes.js';
import type { Clock } from '../../model/clock.js';
import type { Micros, SpanId } from '../../model/record.js';
import type { InternalErrors } from '../internal-errors.js';
import type { ActiveTrace } from '../trace/active-trace.js';
import type { OpenSpanInfo } from '../trace/open-spans.js';
import type { RecordFields } from '../trace/record-fields.js';
import type { CallFailure } from './call-failure.js';
import { asText, type CallReader, failedOutput, recordedBody } from './call-reader.js';
import type { CallSite } from './call-site.js';
import { expectAnother, foldInto, handOver } from './fold-call.js';
import { recordedHeaders } from './header-rules.js';
import { recordMessages } from './message-events.js';
import type { ModelDialect, ModelResponse, OutgoingResponse } from './outgoing-dialect.js';
import type { Retries } from './retries.js';
import type { SentRequest } from './sent-request.js';

/** Wall time, and milliseconds of the monotonic clock. */
export interface CallMoment {
  readonly at: Micros;
  readonly mono: number;
}

/** What all calls of an application share. */
export interface CallParts {
  readonly fields: RecordFields;
  readonly clock: Clock;
  readonly internalErrors: InternalErrors;
  readonly reader: CallReader;
  readonly retries: Retries;
  /** Bytes kept of a body that a dialect reads. */
  readonly maxBytes: number;
  /** Bytes kept of a body with these headers; 0: its size only. */
  bodyLimit(site: CallSite, headers: Readonly<Record<string, string>>): number;
  /** A URL without secrets. */
  url(text: string): string;
}

/** The span of one call, and what the dialect reads of it. */
export class CallRecord {
  private request!: SentRequest;
  private span: SpanHandle | undefined;
  /** The dialect that reads the response of a model. */
  private model: ModelDialect | undefined;
  /** The library's span that the call belongs to: it counts the tokens. */
  private library: OpenSpanInfo | undefined;
  private attempt = 0;

  constructor(
    private readonly parts: CallParts,
    private readonly ref: TraceRef,
    private readonly trace: ActiveTrace,
    private readonly site: CallSite,
    private readonly began: CallMoment,
    private readonly spanId?: SpanId,
  ) {}

  /** Whether the response is read as a model's. */
  get readsModel(): boolean {
    return this.model !== undefined;
  }

  /** Bytes to keep of a response with these headers; 0: its size only. */
  responseLimit(headers: Readonly<Record<string, string>>): number {
    return this.model ? this.parts.maxBytes : this.parts.bodyLimit(this.site, headers);
  }

  open(request: SentRequest): void {
    this.request = request;
    const { parts, site, ref } = this;
    const { fields, reader } = parts;
    const { target, dialect } = site;
    const read = reader.modelRequest(dialect, request);
    const asked = asText(read?.model);
    const attributes: Attributes = { ...site.attributes };
    this.attempt = this.attemptOf(request);
    if (this.attempt > 0) attributes[ATTRIBUTE.resend] = this.attempt;
    if (request.body.size > 0) attributes[ATTRIBUTE.requestBytes] = request.body.size;
    if (read && dialect?.type === 'llm') {
      this.model = dialect;
      this.library = foldInto(this.trace.spans, ref.span, asked);
      const provider = reader.provider(dialect, request);
      if (provider !== undefined) attributes[ATTRIBUTE.provider] = fields.name(provider);
      if (asked !== undefined) attributes[ATTRIBUTE.model] = fields.name(asked);
    }
    const isModel = this.recordsModel;
    this.span = ref.recorder.startSpan(ref, {
      name: isModel ? (asText(read?.name) ?? asked ?? dialect!.name) : `${target.method} ${target.host}`,
      kind: isModel ? 'llm' : 'http',
      input: isModel ? read?.input : this.input(request),
      attributes,
      began: this.began,
      id: this.spanId,
    });
  }

  /** @param broken the connection broke */
  close(response: OutgoingResponse, at: CallMoment, broken: CallFailure | undefined): void {
    const { request, site, parts, span } = this;
    const read = this.model && parts.reader.modelResponse(this.model, request, response);
    const left = response.ended === 'left';
    const messages =
      left && response.status === 0
        ? undefined
        : // A full trace takes no more spans, but replies.
          recordMessages(parts.reader, span?.ref ?? this.ref, site, request, response, broken);
    if (!span) return;
    const failure = broken ?? messages ?? failureOf(response, read);
    this.noteAttempt(failure !== undefined);
    if (failure && this.library) expectAnother(this.library);
    const outcome = {
      output: this.output(response, read, failure),
      attributes: this.endAttributes(response, read, failure),
      ended: at,
      usage: this.usage(response, read),
    };
    if (left) span.end({ kind: 'cancelled', ...outcome });
    else if (failure) span.end({ kind: 'error', error: failure, quiet: true, ...outcome });
    else span.end({ kind: 'ok', ...outcome });
  }

  /** The call is recorded as a model call of its own, not as a part of a library's. */
  private get recordsModel(): boolean {
    return this.model !== undefined && this.library === undefined;
  }

  /** Bodies of a library's model call are in the library's span. Of a call that nothing reads the method and the URL do. */
  private input(request: SentRequest): unknown {
    const { url } = this.site;
    const reads = this.keepsBody(request.headers);
    return {
      method: request.method,
      url: request.search === '' ? url : this.parts.url(url + request.search),
      headers: reads ? recordedHeaders(request.headers) : undefined,
      body: reads ? recordedBody(request.body, typeIn(request.headers)) : undefined,
    };
  }

  private output(
    response: OutgoingResponse,
    read: ModelResponse | undefined,
    failure: CallFailure | undefined,
  ): unknown {
    const { status, headers, body } = response;
    if (this.recordsModel) return failure ? failedOutput(read?.output, failure, status || undefined) : read?.output;
    const responded = status > 0;
    // Members that are undefined are not written. A spread here took 4 µs of the 21 of a call.
    return {
      status: responded ? status : undefined,
      headers: responded ? recordedHeaders(headers) : undefined,
      body: this.keepsBody(headers) ? recordedBody(body, typeIn(headers)) : undefined,
      error: failure,
    };
  }

  private keepsBody(headers: Readonly<Record<string, string>>): boolean {
    return this.library === undefined && this.parts.bodyLimit(this.site, headers) > 0;
  }

  private endAttributes(
    { status, body, timeAt }: OutgoingResponse,
    read: ModelResponse | undefined,
    failure: CallFailure | undefined,
  ): Attributes {
    const { fields } = this.parts;
    const attributes: Attributes = {};
    if (status > 0) {
      attributes[ATTRIBUTE.status] = status;
      attributes[ATTRIBUTE.responseBytes] = body.size;
    }
    if (failure) attributes[ATTRIBUTE.error] = fields.name(failure.code).slice(0, 200);
    if (!this.recordsModel || !read) return attributes;
    const { model, finish, firstTokenAt } = read;
    if (asText(model) !== undefined) attributes[ATTRIBUTE.responseModel] = fields.name(model);
    if (asText(finish) !== undefined) attributes[ATTRIBUTE.finish] = fields.name(finish);
    const first = firstTokenAt === undefined ? undefined : timeAt(firstTokenAt);
    if (first !== undefined) attributes[ATTRIBUTE.firstToken] = Math.round(first * 1000) / 1000;
    return attributes;
  }

  /** The usage of the call's own span; that of a library's call goes to the library's span. */
  private usage({ timeAt }: OutgoingResponse, read: ModelResponse | undefined): SpanOutcome['usage'] {
    if (!this.library) return read?.usage;
    const first = read?.firstTokenAt === undefined ? undefined : timeAt(read.firstTokenAt);
    handOver(this.library, read, first === undefined ? undefined : this.began.mono + first);
    return undefined;
  }

  private attemptOf({ headers }: SentRequest): number {
    const counted = Number(headers['x-stainless-retry-count']);
    if (counted > 0) return counted;
    return this.parts.retries.attemptsBefore(this.trace, () => this.key());
  }

  private noteAttempt(failed: boolean): void {
    const { retries } = this.parts;
    if (failed) retries.noteFailed(this.trace, this.key(), this.attempt);
    else retries.noteDone(this.trace, () => this.key());
  }

  private key(): string {
    return this.request.key(this.ref.span);
  }
}

/** What the response says about a failure. */
function failureOf({ status }: OutgoingResponse, read: ModelResponse | undefined): CallFailure | undefined {
  const said = read?.failure;
  if (said) return { code: said.code ?? (status >= 400 ? String(status) : 'error'), message: said.reason };
  return status >= 400 ? { code: String(status) } : undefined;
}

function typeIn(headers: Readonly<Record<string, string>>): string {
  return headers['content-type'] ?? '';
}
