import type { FullTraceResponse, LinkDto } from '../api/responses.js';
import { duration } from '../format/time.js';
import { oneLine } from '../format/visible.js';
import { traceHref } from '../state/route.js';
import { Moment } from './moment.js';
import { StatusBadge } from './status-badge.js';

/** The webhook that queued this job, and the jobs that this trace queued. Absent where there are none. */
export function LinkedTraces({ trace: { links, more_links } }: { trace: FullTraceResponse }) {
  if (!links || links.length === 0) return null;
  return (
    <section class="linked-traces" aria-label="Linked traces">
      <ul>
        {links.map((link) => (
          <li key={`${link.relation} ${link.trace_id}`}>
            <span class="linked-relation">{relation(link)}</span>
            <StatusBadge status={link.status} />
            <a href={traceHref(link.trace_id)}>
              <bdi>{oneLine(link.trace_id, 128)}</bdi>
            </a>
            <span class="muted">
              <Moment at={link.started_at} /> {duration(link.duration_ms)}
              {link.message_sent && ', a reply was sent there'}
            </span>
          </li>
        ))}
      </ul>
      {more_links && <p class="muted">Older linked traces are not shown.</p>}
    </section>
  );
}

/** The linked trace in which a reply was recorded, for a trace that has none itself. */
export function repliedIn({ links, summary }: FullTraceResponse): LinkDto | undefined {
  return summary.message_sent ? undefined : links?.find(({ message_sent }) => message_sent);
}

function relation({ relation: which, attempt }: LinkDto): string {
  if (which === 'continues') return attempt === undefined ? 'continues' : `continues, as attempt ${attempt}`;
  return attempt === undefined ? 'continued by' : `attempt ${attempt}`;
}
