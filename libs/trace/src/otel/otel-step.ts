import type { Attributes } from '../model/attributes.js';
import type { SpanType } from '../model/status.js';
import type { UsageFields } from '../model/usage.js';

/** A step of a trace as a span of OpenTelemetry describes it. Values are as the sender has them, neither redacted nor bounded. */
export interface OtelStep {
  readonly type: SpanType;
  readonly name: string;
  /** Small facts, under the names of `ATTRIBUTE` where it has one. */
  readonly attributes: Attributes;
  /** Parsed, where the sender had it as JSON in a text. `undefined`: the span has none. */
  readonly input: unknown;
  readonly output: unknown;
  /** Tokens, on spans of model calls only: agents repeat those of the calls inside them. */
  readonly usage?: UsageFields;
  /** Why the span failed. */
  readonly error?: OtelFailure;
}

/** The exception of a span, else the message of its status. */
export interface OtelFailure {
  readonly type: string;
  readonly message: string;
  readonly stack?: string;
}
