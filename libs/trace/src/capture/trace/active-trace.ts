import type { ReplyRule } from '../../context/decorators/trace-webhook.decorator.js';
import type { Micros, RecordDraft, SpanId, TraceKey } from '../../model/record.js';
import type { PendingRequest } from '../request/pending-request.js';
import { OpenSpans } from './open-spans.js';
import { Replies } from './replies.js';
import { SeenErrors } from './seen-errors.js';
import { FLAG_SAMPLED, formatTraceparent } from './trace-parent.js';

const MAX_MESSAGES = 8;
const MAX_MESSAGE_CHARACTERS = 200;

/** What the caller sent with its `traceparent`, and outgoing calls continue. */
export interface Continued {
  readonly flags: number;
  readonly tracestate: string | undefined;
  readonly baggage: string | undefined;
}

/** The part of a running trace that stays in memory. Everything else is in the journal; 10,000 of these must stay small. */
export class ActiveTrace {
  traceId: string;
  contactId = 'unknown';
  /** `traceContact` named the contact: it takes precedence over the body. */
  contactGiven = false;
  /** Set until the request's body is known, or its response is over. */
  request: PendingRequest | undefined;
  identified = false;
  /** Name of the dialect that read the request. */
  dialect: string | undefined;
  /** What of the response the handler declares to be the reply. */
  replyRule: ReplyRule | undefined;
  handlerKnown = false;
  /** A contact wrote something: only then is a missing reply a fault. */
  awaitsReply = false;
  /** Milliseconds from the start to the first reply. */
  firstReplyMs: number | undefined;
  responseDone = true;
  /** Nest called a handler for it. Without one an answer of 400 or more is a refusal, and the end of the trace. */
  handlerReached = false;
  /** The client went away before the answer was out. */
  clientLeft = false;
  /** Opened by `runInTrace`: the work is over when its function is, even where a shutdown leaves no quiet time. */
  manual = false;
  /** The response's headers are out: later failures do not reach the sender. */
  headersSent = false;
  ended = false;
  /**
   * `held`: the router has not chosen a handler yet, records wait in `held`. `dropped`: the handler is not traced and
   * nothing was written. `muted`: it is not traced, but user code had recorded something before.
   */
  fate: 'held' | 'kept' | 'muted' | 'dropped' = 'kept';
  held: RecordDraft[] = NOT_HELD;
  /** The path may belong to a `@NoTrace()` route: without a handler the trace is dropped. */
  inDoubt = false;
  /** Confirms a decision that holds unless the route declines the request; see `WebhookCapture.reach`. */
  confirm: (() => void) | undefined;
  private opened: OpenSpans | undefined;
  private sent: Replies | undefined;
  openSpans = 0;
  /** `waitUntil`s and running `runInTrace`s. */
  holds = 0;
  events = 0;
  /** Those of `events` that are log lines below `error`. */
  lines = 0;
  /** Log lines after its end. */
  lateLines = 0;
  /** Monotonic milliseconds of the last log line that was activity, and of the last activity before those lines. */
  lastLine = -1;
  linesSince = 0;
  errors = 0;
  /** Events that `limits.maxEventsPerTrace` kept out. */
  dropped = 0;
  /** `undefined`: the trace has no caller. */
  continued: Continued | undefined;
  /** Keys of its tags. */
  tags: Set<string> | undefined;
  /** Messages of the first errors, to recognise them in the response. */
  private messages: string[] | undefined;
  /** Monotonic milliseconds of the last activity: the quiet time begins here. */
  lastActivity: number;
  /** The same as wall time: the trace's end, unless a deadline ends it. */
  lastAt: Micros;
  private seenErrors: SeenErrors | undefined;
  private lastPrimitive: { value: unknown } | undefined;

  constructor(
    readonly key: TraceKey,
    provisionalId: string,
    readonly w3cTraceId: string,
    readonly rootSpan: SpanId,
    readonly startedAt: Micros,
    readonly startedMono: number,
  ) {
    this.traceId = provisionalId;
    this.lastActivity = startedMono;
    this.lastAt = startedAt;
  }

  /** Notes activity at `at` that has no record: held work was released, the response ended. */
  touch(mono: number, at: Micros): void {
    this.lastActivity = mono;
    if (at > this.lastAt) this.lastAt = at;
  }

  /** The header `traceparent` for work in one of its spans, with the caller's flags. A trace of our own is sampled. */
  traceparent(span: SpanId = this.rootSpan): string {
    return formatTraceparent(this.w3cTraceId, span, this.continued?.flags ?? FLAG_SAMPLED);
  }

  /** Whether the trace takes records: it is not dropped or muted. */
  get recording(): boolean {
    return this.fate === 'kept' || this.fate === 'held';
  }

  get idle(): boolean {
    return this.responseDone && this.openSpans === 0 && this.holds === 0;
  }

  /** Made when first read: many traces have no spans. */
  get spans(): OpenSpans {
    return (this.opened ??= new OpenSpans());
  }

  /** The replies that were recorded. */
  get replies(): Replies {
    return (this.sent ??= new Replies());
  }

  addErrorMessage(message: string): void {
    this.messages ??= [];
    if (this.messages.length < MAX_MESSAGES) this.messages.push(message.slice(0, MAX_MESSAGE_CHARACTERS));
  }

  /** Whether an error with this message is recorded, as far as the first ones are known. */
  hasErrorMessage(message: string): boolean {
    return this.messages?.includes(message.slice(0, MAX_MESSAGE_CHARACTERS)) ?? false;
  }

  /**
   * True the first time this error is seen: as it travels outwards, only the innermost span records it.
   *
   * @param isFlow it is control flow and no error
   */
  isNewError(error: unknown, isFlow: boolean): boolean {
    if ((typeof error === 'object' && error !== null) || typeof error === 'function') {
      this.seenErrors ??= new SeenErrors();
      return this.seenErrors.add(error, isFlow);
    }
    if (this.lastPrimitive !== undefined && Object.is(this.lastPrimitive.value, error)) return false;
    this.lastPrimitive = { value: error };
    return true;
  }
}

/** One array for all traces that hold nothing. */
const NOT_HELD: RecordDraft[] = [];
