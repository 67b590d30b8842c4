/**
 * Payloads by event type, for `traceEvent`. An application adds its own by declaration merging: from then on the compiler
 * checks the payload of those types. A type that is not declared takes any payload.
 *
 * @example
 * `declare module 'nestjs-trace-collector' { interface TraceEvents { slot_booked: { slot: string; guests?: number } } }`
 */
export interface TraceEvents {
  /** What the first look at a message found. */
  intelligence_analysis: Open<{ lead_score?: number; suggested_agent?: string }>;
  /** `traceRoute` records it. */
  agent_routing: Open<{ from: string; to: string; reason?: string; candidates?: readonly unknown[] }>;
  /** A tool that ran without a span of its own; its name is in `name`, `tool` or `tool_name`. */
  tool_execution: Open<{ name?: string; tool?: string; tool_name?: string; input?: unknown }>;
  /** `traceReply` records it. */
  message_sent: Open<{ message?: string; channel?: string; message_id?: string }>;
  /** A reply that the provider refused. */
  message_failed: Open<{
    message?: string;
    channel?: string;
    provider?: string;
    code?: string | number;
    reason?: string;
  }>;
}

/** Further keys are allowed. `any`, because an interface is not assignable to an index signature of `unknown`. */
// oxlint-disable-next-line typescript/no-explicit-any
type Open<T> = T & { [key: string]: any };

/** Name of an event: a declared one, or any other text. */
// `string & {}` keeps the declared names in the editor's completion, which `string` would absorb.
// oxlint-disable-next-line typescript/no-empty-object-type
export type TraceEventType = (keyof TraceEvents & string) | (string & {});

/** Payload of an event type; `unknown` for a type that is not declared. */
export type TraceEventData<T extends string> = T extends keyof TraceEvents ? TraceEvents[T] : unknown;
