import type { VNode } from 'preact';
import type { TraceListItem } from '../api/responses.js';
import { duration } from '../format/time.js';
import { oneLine } from '../format/visible.js';
import { useFirstPaint } from '../state/use-first-paint.js';
import { Breadcrumb } from './breadcrumb.js';
import { Moment } from './moment.js';
import { StatusBadge } from './status-badge.js';

interface TraceRowsProps {
  rows: readonly TraceListItem[];
  selected?: string;
  marked?: string;
  hrefOf: (item: TraceListItem) => string;
  contactHrefOf: (item: TraceListItem) => string;
}

/** More rows than a high screen shows. */
const FIRST_ROWS = 24;

/** Preact skips rows that are the same objects as before: 2,000 rows cost no frame. */
const built = new WeakMap<TraceListItem, { state: string; node: VNode }>();

export function TraceRows({ rows, selected, marked, hrefOf, contactHrefOf }: TraceRowsProps) {
  const drawn = useFirstPaint(rows.length > 0);
  return (
    <ol class="rows" aria-label="Traces, newest first">
      {(drawn ? rows : rows.slice(0, FIRST_ROWS)).map((item) => {
        const state = item.trace_id === selected ? 'selected' : item.trace_id === marked ? 'marked' : '';
        const known = built.get(item);
        if (known?.state === state) return known.node;
        const node = (
          <Row key={item.trace_id} item={item} state={state} href={hrefOf(item)} contact={contactHrefOf(item)} />
        );
        built.set(item, { state, node });
        return node;
      })}
    </ol>
  );
}

function Row({ item, state, href, contact }: { item: TraceListItem; state: string; href: string; contact: string }) {
  const { trace_id, status, started_at, contact_id, contacts, message, route, duration_ms, errors } = item;
  return (
    <li id={`t-${trace_id}`} class={`row ${state}`} aria-current={state === 'selected' ? 'true' : undefined}>
      <StatusBadge status={status} />
      <span class="row-time">
        <Moment at={started_at} />
      </span>
      <a class="row-contact" href={contact}>
        <bdi>{oneLine(contact_id, 40)}</bdi>
        {contacts !== undefined && (
          <span class="muted" title={contacts.map((each) => oneLine(each, 64)).join(', ')}>
            {' '}
            +{contacts.length - 1}
          </span>
        )}
      </a>
      <a class="row-message" href={href}>
        {message === null || message === '' ? <i>no message</i> : <bdi>{oneLine(message, 160)}</bdi>}
      </a>
      <span class="row-route">{route !== null && <Breadcrumb route={route} />}</span>
      <span class="row-errors">{errors > 0 && `${errors} error${errors === 1 ? '' : 's'}`}</span>
      <span class="row-duration">{duration(duration_ms)}</span>
    </li>
  );
}
