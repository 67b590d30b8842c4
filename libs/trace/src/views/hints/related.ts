import type { Baseline } from '../../model/baseline.js';
import type { AssembledTrace } from '../trace/assemble.js';

/** The traces and the baseline that a trace is compared with. */
export interface Related {
  /** `null`: the store has no baseline. */
  baseline: Baseline | null;
  /** Other traces of the same contact that ran at the same time, or shortly before or after. */
  neighbours: readonly AssembledTrace[];
  /** The first delivery of the same message. Absent: this is the first, or it is not in the store. */
  first?: AssembledTrace;
}

/** Results of look-ups in the store about other traces, for the hints of one trace. */
export interface HintLookups {
  /** Id of the trace that had this message first; `null`: none, or this one is an edit. */
  duplicateOf: string | null;
  /** Id of the trace that had the message which this one edits; `null`: it is not in the store, or this is no edit. */
  editOf?: string | null;
  /** Ids of the traces that sent the messages which this webhook reports on, by message id. */
  sentBy?: ReadonlyMap<string, string>;
  /** Whether other traces continue this one, so that its own records may have no work inside. */
  continued?: boolean;
  /** Id of a linked trace in which a reply was recorded; `null` or absent: none. */
  repliedIn?: string | null;
  /** Whether the store ever had a trace with a reply. `undefined`: the store does not count replies. */
  repliesSeen?: boolean;
}
