import { hasFailed } from '../../model/status.js';
import type { TraceHead } from '../../model/trace.js';
import { hasReplied } from '../../model/vocabulary.js';
import type { HintDetail } from '../../contract/responses.js';
import type { LinkedTrace, Links } from '../trace/links.js';

/** Hints about the linked traces of a trace, and the facts that other hints need. */
export interface LinkHints {
  /** Work of this trace that failed or still runs in another trace. With one of these, the workflow is not completed. */
  findings: HintDetail[];
  /** Hints about where other parts of the work are. They contradict no other hint. */
  notes: HintDetail[];
  /** Id of a linked trace in which a reply was recorded. */
  repliedIn: string | null;
  /** Whether other traces continue this one. */
  continued: boolean;
}

/** More linked traces than this are counted, not named. */
const MAX_NAMED = 3;

/**
 * Hints about the linked traces of a trace. The records of the trace that a hint names prove it: its end for a failure, its
 * `message_sent` for a reply, the ends and the carrier's span for attempts.
 *
 * @param replied a reply was recorded in the trace itself
 */
export function linkHints({ linked }: Links, replied: boolean): LinkHints {
  const jobs = linked.filter(({ relation }) => relation === 'continued_by');
  const origin = linked.find(({ relation }) => relation === 'continues');
  const latest = jobs.filter(({ head, attempt }) => attempt === null || attempt.last.key === head.key);
  const failed = latest.filter(({ head }) => hasFailed(head.status));
  const running = latest.filter(({ head }) => head.status === 'active');
  const retried = latest.filter(({ head, attempt }) => attempt !== null && head.status === 'completed');
  const candidates = [...jobs, ...(origin ? [origin] : [])].map(({ head }) => head);
  if (origin?.attempt) candidates.push(origin.attempt.last);
  const reply = replied ? undefined : candidates.find(hasReplied);
  return {
    findings: details('linked_failure', [
      ...named(failed, (job) => `🔗 Continued in ${job.head.traceId}${numbered(job)}: ${endOf(job)}`),
    ]).concat(
      details('linked', [
        ...named(running, (job) => `🔗 Continued in ${job.head.traceId}${numbered(job)}: still running`),
      ]),
    ),
    notes: details('linked', [
      ...named(
        retried,
        ({ head, attempt }) => `🔗 Attempt ${attempt!.number} completed in ${head.traceId}${beforeIt(attempt)}`,
      ),
      ...(origin ? originNotes(origin) : []),
      ...(reply ? [`🔗 The reply was sent in ${reply.traceId}`] : []),
    ]),
    repliedIn: reply?.traceId ?? null,
    continued: jobs.length > 0,
  };
}

function details(rule: 'linked' | 'linked_failure', lines: readonly string[]): HintDetail[] {
  return lines.map((hint) => ({ rule, hint }));
}

/** Notes of a job about the trace that queued it. */
function originNotes(origin: LinkedTrace): string[] {
  const { head, attempt } = origin;
  if (!attempt) return hasFailed(head.status) ? [`🔗 Continues ${head.traceId}: ${endOf(origin)}`] : [];
  const other = attempt.before
    ? beforeIt(attempt)
    : `; the last attempt ${pastOf(attempt.last)} ${attempt.last.traceId}`;
  return [`🔗 Attempt ${attempt.number} of ${head.traceId}${other}`];
}

function beforeIt(attempt: LinkedTrace['attempt']): string {
  return attempt?.before ? `; attempt ${attempt.number - 1} failed in ${attempt.before.traceId}` : '';
}

function numbered({ attempt }: LinkedTrace): string {
  return attempt === null ? '' : ` (attempt ${attempt.number})`;
}

function endOf({ head, error }: LinkedTrace): string {
  return error === null ? head.status : `${head.status} ${error}`;
}

function pastOf({ status }: TraceHead): string {
  if (hasFailed(status)) return 'failed in';
  return status === 'active' ? 'is running in' : 'ended in';
}

function named(traces: readonly LinkedTrace[], line: (trace: LinkedTrace) => string): string[] {
  const lines = traces.slice(-MAX_NAMED).map(line);
  const left = traces.length - lines.length;
  return left === 0 ? lines : [...lines, `🔗 And ${left} more traces like these, see links`];
}
