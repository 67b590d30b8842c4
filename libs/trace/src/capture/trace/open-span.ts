import { NOTHING, type SpanHandle, type SpanOutcome, type TraceRef } from '../../context/recorder.js';
import { ATTRIBUTE, type Attributes, textIn } from '../../model/attributes.js';
import type { Clock } from '../../model/clock.js';
import type { JsonText } from '../../model/json-bytes.js';
import type { RecordDraft } from '../../model/record.js';
import { performance } from '../../model/timers.js';
import { findUsage, hasCounts, normaliseUsage, type UsageFields } from '../../model/usage.js';
import type { Serializer } from '../../serialize/serializer.js';
import type { InternalErrors } from '../internal-errors.js';
import type { ActiveTrace } from './active-trace.js';
import type { ErrorRecorder } from './error-recorder.js';
import { type OpenSpanInfo, usageAtEnd } from './open-spans.js';
import { addAttributes } from './given-attributes.js';
import type { RecordFields } from './record-fields.js';
import { addUsage, reportedUsage } from './reported-usage.js';
import type { TraceOutput } from './trace-output.js';

/** Data of a span's end. */
export interface SpanParts {
  readonly output: TraceOutput;
  readonly serializer: Serializer;
  readonly fields: RecordFields;
  readonly errors: ErrorRecorder;
  readonly clock: Clock;
  readonly internalErrors: InternalErrors;
}

/** A span that has begun. Its end writes the `span_end` record, once. */
export class OpenSpan implements SpanHandle {
  private open = true;
  private attributes: Attributes | undefined;
  private holds = true;

  constructor(
    private readonly parts: SpanParts,
    private readonly trace: ActiveTrace,
    readonly ref: TraceRef,
    readonly info: OpenSpanInfo,
    private readonly startedAt = performance.now(),
    /** The start, where it is written with the end. */
    private readonly unwritten?: RecordDraft & { kind: 'span' },
  ) {}

  end(outcome: SpanOutcome): void {
    if (!this.open) return;
    this.open = false;
    const now = performance.now();
    this.release();
    this.trace.lastActivity = now;
    this.trace.spans.close(this.ref.span!);
    try {
      this.write(outcome, now);
    } catch (error) {
      this.parts.internalErrors.add('endSpan', error);
    }
  }

  set(attributes: Attributes): void {
    if (!this.open) return;
    this.parts.internalErrors.guard('setAttributes', () => {
      this.attributes = addAttributes(this.attributes, attributes, this.parts.serializer);
    });
  }

  usage(given: unknown): void {
    if (!this.open) return;
    this.parts.internalErrors.guard('setUsage', () => {
      const usage = reportedUsage(given);
      if (usage) this.info.reported = addUsage(this.info.reported, usage);
    });
  }

  release(): void {
    if (!this.holds) return;
    this.holds = false;
    this.trace.openSpans -= 1;
  }

  /** @param now the monotonic clock, in milliseconds */
  private write(outcome: SpanOutcome, now: number): void {
    const { trace, parts, info } = this;
    this.writeStart(outcome);
    let how = outcome.kind;
    let mono: number | undefined = now;
    if (outcome.kind === 'error' && outcome.quiet === undefined) {
      const { error } = outcome;
      const reason = parts.errors.controlFlow(error);
      if (reason !== undefined) how = 'cancelled';
      if (trace.isNewError(error, reason !== undefined)) {
        parts.errors.write(this.ref, { error, location: info.name }, reason);
      }
      // The error's record is the earlier one.
      mono = undefined;
    }
    parts.output.appendNow(trace, {
      kind: 'span_end',
      ts: outcome.ended?.at ?? parts.clock.now(mono),
      trace: trace.key,
      span: this.ref.span!,
      ms: roundedMs((outcome.ended?.mono ?? now) - this.startedAt),
      attributes: this.attributesOf(outcome),
      usage: this.usageOf(outcome),
      input: this.inputOf(outcome),
      output: parts.fields.payload(outcome.output),
      outcome: how === 'ok' ? undefined : how,
      shape: outcome.shape,
      late: trace.ended || undefined,
    });
  }

  private writeStart({ decided }: SpanOutcome): void {
    const { unwritten, info } = this;
    if (unwritten === undefined) return;
    if (decided) {
      info.name = this.parts.fields.name(decided.name);
      info.type = decided.kind;
    }
    this.parts.output.append(this.trace, { ...unwritten, name: info.name, type: info.type });
  }

  /** As text: the bytes of the output would overwrite it. */
  private inputOf({ input }: SpanOutcome): JsonText | undefined {
    return input === undefined || input === NOTHING ? undefined : this.parts.serializer.json(input);
  }

  /** With the time to first token that was seen at the wire, where the library measured none. */
  private attributesOf(outcome: SpanOutcome): Attributes | undefined {
    const { given } = outcome;
    const own = this.attributes ? { ...this.attributes, ...outcome.attributes } : outcome.attributes;
    const attributes = given === undefined ? own : addAttributes(own, given, this.parts.serializer);
    const { firstToken } = this.info;
    if (firstToken === undefined || attributes?.[ATTRIBUTE.firstToken] !== undefined) return attributes;
    return { ...attributes, [ATTRIBUTE.firstToken]: roundedMs(firstToken - this.startedAt) };
  }

  /** Names in it are redacted: a model's name may come from a response. */
  private usageOf(outcome: SpanOutcome): UsageFields | undefined {
    const { info } = this;
    const isModel = info.type === 'llm';
    // Most spans are of no model call.
    if (!isModel && outcome.usage === undefined && info.reported === undefined) return undefined;
    const given = normaliseUsage(outcome.usage);
    const own = given ?? info.reported ?? (isModel ? findUsage(outcome.output) : undefined);
    // The model that answered; prices and sums go by it.
    const answered = textIn(outcome.attributes, ATTRIBUTE.responseModel);
    if (answered !== undefined) info.model = answered;
    info.provider = textIn(outcome.attributes, ATTRIBUTE.provider) ?? info.provider;
    const usage = usageAtEnd(info, own);
    if (usage === undefined) return undefined;
    if (isRefused(outcome) && !hasCounts(usage)) usage.refused = true;
    const { fields } = this.parts;
    if (usage.model !== undefined) usage.model = fields.name(usage.model);
    if (usage.provider !== undefined) usage.provider = fields.name(usage.provider);
    return usage;
  }
}

/** Milliseconds with three decimals, not below 0. */
function roundedMs(ms: number): number {
  return Math.max(0, Math.round(ms * 1000) / 1000);
}

/** Whether the provider answered with an HTTP error. */
function isRefused({ attributes }: SpanOutcome): boolean {
  const status = attributes?.[ATTRIBUTE.status];
  return typeof status === 'number' && status >= 400;
}
