import type { Micros } from '../../model/record.js';
import type { TraceHead } from '../../model/trace.js';
import { hasReplied } from '../../model/vocabulary.js';
import type { LinkDto } from '../../contract/responses.js';
import { durationMs, startedIso } from './list-item.js';
import type { Attempt } from './link-attempts.js';

/** A trace that passed work to this one or took work from it: a webhook and the job that it queued. */
export interface LinkedTrace {
  head: TraceHead;
  /** `continues`: this trace continues that one. `continued_by`: that trace continues this one. */
  relation: LinkDto['relation'];
  /** The linked trace as an attempt for `continued_by`, this one for `continues`. `null`: the records prove no attempt. */
  attempt: Attempt | null;
  /** First error of a failed trace, in words; `null`: none was recorded, or it was not read. */
  error: string | null;
}

/** Traces that are linked with a trace directly. */
export interface Links {
  /** The trace that this one continues first, then those that continue it, oldest first. */
  linked: readonly LinkedTrace[];
  /** Older traces continue this one, too. */
  more: boolean;
}

export const NO_LINKS: Links = { linked: [], more: false };

/** The keys `links` and `more_links` of a response; no key where there are no links. */
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
    ...(hasReplied(head) && { message_sent: true as const }),
  };
}

/** Id of the first linked trace in which a reply was recorded. */
export function repliedIn(links: readonly LinkDto[] | undefined): string | undefined {
  return links?.find(({ message_sent }) => message_sent)?.trace_id;
}
