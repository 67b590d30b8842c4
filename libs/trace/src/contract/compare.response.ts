import type { TraceStatus } from '../model/status.js';

/** A place inside a value where two traces differ. A side that lacks the place has no key of its own. */
export interface ValueDifference {
  /** `input.day`, `output[2].free`; empty for the whole value. */
  path: string;
  /** Value in `a`. */
  a?: unknown;
  /** Value in `b`. */
  b?: unknown;
}

/** A step in one of the two traces. */
export interface StepSide {
  /** `seq` of the step in its trace's `events`. */
  seq: number;
  /** The span's id, or the span that the point happened in. */
  span_id: string | null;
  /** Milliseconds from the trace's start. */
  at_ms: number;
  /** Milliseconds; `null`: a point in time, or a span that is still open. */
  duration_ms: number | null;
}

/** From `a` to `b`: `added` is only in `b`, `removed` only in `a`, `slower` took longer in `b`. */
export type StepChange = 'same' | 'added' | 'removed' | 'changed' | 'slower' | 'faster';

/** A step of one trace or of both, and how its two sides differ. */
export interface StepDifference {
  /** How the step differs from `a` to `b`. */
  change: StepChange;
  /** The span's type, or the event's type. */
  kind: string;
  /** Name of the span or tool, location of the error; `null`: the step has none. */
  name: string | null;
  /** The step in `a`; `null`: it is only in `b`. */
  a: StepSide | null;
  /** The step in `b`; `null`: it is only in `a`. */
  b: StepSide | null;
  /** Whether it took notably more or less time in `b`; also of a step that changed. */
  pace: 'slower' | 'faster' | null;
  /** Differences inside its data: `input.…`, `output.…`, `outcome`. At most 50. */
  differences: ValueDifference[];
  /** Number of further differences. */
  more_differences: number;
}

/** One of the two traces. */
export interface ComparedTrace {
  /** Public id of the trace. */
  trace_id: string;
  /** Id of the contact. */
  contact_id: string;
  /** How the trace ended, or `active`. */
  status: TraceStatus;
  /** Start of the trace: ISO 8601, UTC. */
  started_at: string;
  /** Milliseconds from the start to the end, or to now while the trace runs. */
  duration_ms: number;
  /** The message that came in; `null`: the webhook brought none. */
  webhook_message: string | null;
}

/** Two traces side by side, from `a` to `b`. */
export interface CompareResponse {
  /** The trace that was asked about. */
  a: ComparedTrace;
  /** The trace it is compared with. */
  b: ComparedTrace;
  /**
   * How `b` was found: named by its id, or for `last-ok` a completed trace that began before `a`: of the same contact, else
   * of the same route and agent, else of the same route. The newest that used the same tools and has no hint that warns is
   * preferred.
   */
  chosen_by: 'id' | 'contact' | 'route_and_agent' | 'route';
  /**
   * Other traces to compare with: completed ones that began before `a`, of the same contact, of the same agent, and others,
   * newest first, at most 10. Absent: none.
   */
  candidates?: ComparedTrace[];
  /** The traces differ in nothing but small differences of time. */
  identical: boolean;
  /** Number of steps per change. A step that changed and took longer counts as both. */
  counts: Record<StepChange, number>;
  /** Differences of the traces as wholes: status, message, summary, hints. */
  differences: ValueDifference[];
  /** All steps, aligned by kind and name. */
  steps: StepDifference[];
}
