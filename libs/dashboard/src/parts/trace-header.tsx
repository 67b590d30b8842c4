import { useMemo, useState } from 'preact/hooks';
import type { FullTraceResponse } from '../api/responses.js';
import { duration, fullTime } from '../format/time.js';
import { oneLine } from '../format/visible.js';
import { hintLinks } from '../model/hint-links.js';
import { tagsOf } from '../model/tags.js';
import { contactHref } from '../state/route.js';
import { LinkedTraces } from './linked-traces.js';
import { Hints } from './marked-line.js';
import { Moment } from './moment.js';
import { StatusBadge } from './status-badge.js';
import { Tags } from './tags.js';
import { TraceFacts } from './trace-facts.js';

/**
 * Status, contact, message, hints and reply in at most a third of the screen. The rest is one click away, on a wide screen
 * only what has no place.
 */
export function TraceHeader({ trace }: { trace: FullTraceResponse }) {
  const [open, setOpen] = useState(false);
  const { webhook_message: message } = trace;
  const toParts = useMemo(() => hintLinks(trace), [trace]);
  return (
    <header class={open ? 'trace-header open' : 'trace-header'}>
      <p class="trace-head-line">
        <StatusBadge status={trace.status} />
        {(trace.contacts ?? [trace.contact_id]).map((contact) => (
          <a class="trace-contact" key={contact} href={contactHref(contact)}>
            <bdi>{oneLine(contact, 64)}</bdi>
          </a>
        ))}
        <span class="muted">
          <Moment at={trace.started_at} />
        </span>
        <span class="muted">{duration(trace.duration_ms)}</span>
        <button type="button" class="quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Less' : 'More'}
        </button>
      </p>
      <h1 class="trace-question">
        {message === null || message === '' ? <i>no message</i> : <bdi>{oneLine(message, 240)}</bdi>}
      </h1>
      <Hints hints={newsIn(trace)} toParts={toParts} />
      <TraceFacts trace={trace} />
      <LinkedTraces trace={trace} />
      <Tags tags={tagsOf(trace.events)} />
      <p class="trace-id">
        <code>{trace.trace_id}</code>
        <span class="sr-only">; started {fullTime(trace.started_at)}</span>
      </p>
    </header>
  );
}

/** The hints without those that the header says in another place: the status, and the linked traces. */
function newsIn({ debug_hints: hints, status, links }: FullTraceResponse): string[] {
  return hints.filter(
    (hint) => !(hint.startsWith('✅') && status === 'completed') && !(hint.startsWith('🔗') && links?.length),
  );
}
