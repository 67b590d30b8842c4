import type { TraceStatus } from '../../model/status.js';

/** A path inside a value where two traces differ. A side without a value there has no key. */
export interface ValueDifference {
  /** `input.day`, `output[2].free`; empty for the whole value. */
  path: string;
  a?: unknown;
  b?: unknown;
}

export interface StepSide {
  /** `seq` of the step in its own trace. */
  seq: number;
  span_id: string | null;
  /** Milliseconds from the trace's start. */
  at_ms: number;
  duration_ms: number | null;
}

export type StepChange = 'same' | 'added' | 'removed' | 'changed' | 'slower' | 'faster';

export interface StepDifference {
  /** From `a` to `b`: `added` is only in `b`, `removed` only in `a`, `slower` took longer in `b`. */
  change: StepChange;
  kind: string;
  name: string | null;
  a: StepSide | null;
  b: StepSide | null;
  /** Also set for a step that changed. */
  pace: 'slower' | 'faster' | null;
  /** Differences in its data: `input.…`, `output.…`, `outcome`. */
  differences: ValueDifference[];
  /** Number of further differences. */
  more_differences: number;
}

export interface ComparedTrace {
  trace_id: string;
  contact_id: string;
  status: TraceStatus;
  started_at: string;
  duration_ms: number;
  webhook_message: string | null;
}

export interface CompareResponse {
  a: ComparedTrace;
  b: ComparedTrace;
  /**
   * How `b` was chosen: by its id, or for `last-ok` as the newest completed trace of the same contact, of the same route
   * and agent, or of the same route where `a` reached no agent.
   */
  chosen_by: 'id' | 'contact' | 'route_and_agent' | 'route';
  /** The traces differ in times only. */
  identical: boolean;
  /** Number of steps by change. A step that changed and took longer counts twice. */
  counts: Record<StepChange, number>;
  /** Differences of status, message, summary and hints. */
  differences: ValueDifference[];
  /** Aligned by kind and name. */
  steps: StepDifference[];
}
