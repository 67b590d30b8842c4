import type { Micros } from '../../model/record.js';
import type { TraceHead } from '../../model/trace.js';
import type { LinkDto } from '../../contract/responses.js';
import { durationMs, startedIso } from './list-item.js';
import type { Attempt } from './link-attempts.js';

/** A trace that handed work to this one, or took work from it: a queue's job and the webhook that queued it. */
export interface LinkedTrace {
  head: TraceHead;
  /** `continues`: this trace continues that one. `continued_by`: that trace continues this one. */
  relation: LinkDto['relation'];
  /** That trace as an attempt for `continued_by`, this one for `continues`. `null`: it is none that is proved. */
  attempt: Attempt | null;
  /** First error of a trace that failed, in words; `null`: none was recorded, or it was not looked at. */
  error: string | null;
}

/** The neighbours of a trace. Neighbours of neighbours are not among them. */
export interface Links {
  /** The trace that this one continues first, then those that continue it, oldest first. */
  linked: readonly LinkedTrace[];
  /** There are older traces that continue this one. */
  more: boolean;
}

export const NO_LINKS: Links = { linked: [], more: false };

/** The links of a trace as answers have them; no key where there are none. */
export function linkDtos({ linked, more }: Links, now: Micros): { links?: LinkDto[]; more_links?: true } {
  if (linked.length === 0) return {};
  return { links: linked.map((trace) => linkDto(trace, now)), ...(more && { more_links: true as const }) };
}

function linkDto({ head, relation, attempt }: LinkedTrace, now: Micros): LinkDto {
  return {
    trace_id: head.traceId,
    relation,
    status: head.status,
    started_at: startedIso(head),
    duration_ms: durationMs(head, now),
    type: head.type,
    ...(attempt && { attempt: attempt.number }),
    ...(head.repliesSent > 0 && { message_sent: true as const }),
  };
}

/** The id of a linked trace in which a reply was recorded, for a trace that has none itself. */
export function repliedIn(links: readonly LinkDto[] | undefined): string | undefined {
  return links?.find(({ message_sent }) => message_sent)?.trace_id;
}
