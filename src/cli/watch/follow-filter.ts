import type { TraceStatus } from '../../../libs/trace/src/model/status.js';

/** Which messages to follow; both must hold. */
export interface FollowFilter {
  contactId?: string;
  /** The trace's status at the time of the message. */
  status?: readonly TraceStatus[];
}
