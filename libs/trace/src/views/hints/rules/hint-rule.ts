import type { Micros, TraceRecord } from '../../../model/record.js';
import type { SummaryDto } from '../../../contract/responses.js';
import type { AssembledTrace } from '../../trace/assemble.js';
import type { EventTypes } from '../../events/event-types.js';
import type { HintLookups } from '../related.js';

/** Input of the built-in rules. */
export interface HintScene extends HintLookups {
  trace: AssembledTrace;
  summary: SummaryDto;
  types: EventTypes;
  now: Micros;
  /** A trace that took longer, in milliseconds, is slow. */
  slowMs: number;
  durationMs: number;
}

/** Records that prove a hint. */
export interface Proof {
  /** The records in words: "the `end` with status `timeout`". */
  readonly what: string;
  /** Whether a record of the trace is one of them. */
  readonly holds: (record: TraceRecord, scene: HintScene) => boolean;
}

/** A built-in hint and the records without which it does not appear. */
export interface HintRuleDefinition {
  /** Name in `debug_hint_details`. */
  readonly name: string;
  /** Every proof is necessary: the rule returns nothing if one of them has no record. */
  readonly provedBy: readonly Proof[];
  /** The rule returns nothing if one of these records is present. */
  readonly refutedBy?: readonly Proof[];
  /** Returns the hint, several hints, or `undefined`. Must not throw for a torn trace. */
  readonly hint: (scene: HintScene) => string | string[] | undefined;
}

/** A proof by records of one kind. */
export function records<Kind extends TraceRecord['kind']>(
  kind: Kind,
  what: string,
  holds: (record: Extract<TraceRecord, { kind: Kind }>, scene: HintScene) => boolean = () => true,
): Proof {
  return {
    what,
    holds: (record, scene) => record.kind === kind && holds(record as Extract<TraceRecord, { kind: Kind }>, scene),
  };
}

/** `seq` of the records that prove a rule's hints, in the order they were written, at most `most`. */
export function proofsOf({ provedBy }: HintRuleDefinition, scene: HintScene, most: number): number[] {
  const found: number[] = [];
  for (const record of scene.trace.records) {
    if (found.length >= most) break;
    if (provedBy.some(({ holds }) => holds(record, scene))) found.push(record.seq);
  }
  return found;
}
