import type { VNode } from 'preact';
import type { TraceListItem, UsageDto } from '../api/responses.js';
import { duration } from '../format/time.js';
import { costCell, costWords, shortCount, tokenCount, tokenWords } from '../format/usage.js';
import { oneLine } from '../format/visible.js';
import { useFirstPaint } from '../state/use-first-paint.js';
import { Breadcrumb } from './breadcrumb.js';
import { Icon } from './icon.js';
import { Moment } from './moment.js';
import { StatusBadge } from './status-badge.js';
import { Tags } from './tags.js';

interface TraceRowsProps {
  rows: readonly TraceListItem[];
  selected?: string;
  marked?: string;
  /** Name of the list for a screen reader: what it has, in which order. */
  label?: string;
  hrefOf: (item: TraceListItem) => string;
  contactHrefOf: (item: TraceListItem) => string;
}

/** More rows than a high screen shows. */
const FIRST_ROWS = 24;

/** Preact skips rows that are the same objects as before: 2,000 rows cost no frame. */
const built = new WeakMap<TraceListItem, { state: string; node: VNode }>();

export function TraceRows({
  rows,
  selected,
  marked,
  label = 'Traces, newest first',
  hrefOf,
  contactHrefOf,
}: TraceRowsProps) {
  const drawn = useFirstPaint(rows.length > 0);
  // The columns are there for all rows or for none.
  const priced = rows.some(({ usage }) => usage !== undefined);
  const several = rows.some(({ instance }) => instance !== rows[0]?.instance);
  const columns = `${priced ? ' rows-priced' : ''}${several ? ' rows-several' : ''}`;
  return (
    <ol class={`rows${columns}`} aria-label={label}>
      {(drawn ? rows : rows.slice(0, FIRST_ROWS)).map((item) => {
        const state = item.trace_id === selected ? 'selected' : item.trace_id === marked ? 'marked' : '';
        const known = built.get(item);
        if (known?.state === state + columns) return known.node;
        const node = (
          <Row
            key={item.trace_id}
            item={item}
            state={state}
            priced={priced}
            several={several}
            href={hrefOf(item)}
            contact={contactHrefOf(item)}
          />
        );
        built.set(item, { state: state + columns, node });
        return node;
      })}
    </ol>
  );
}

interface RowProps {
  item: TraceListItem;
  state: string;
  /** Whether the list has columns for tokens and cost. */
  priced: boolean;
  /** Whether the list has a column for the instance. */
  several: boolean;
  href: string;
  contact: string;
}

function Row({ item, state, priced, several, href, contact }: RowProps) {
  const { trace_id, status, started_at, contact_id, contacts, message, route, duration_ms } = item;
  const { usage, models, tags = {}, instance } = item;
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
      <span class="row-route">
        {route !== null && <Breadcrumb route={route} />}
        <Tags tags={tags} />
      </span>
      {several && <span class="row-instance">{instance !== undefined && <bdi>{oneLine(instance, 40)}</bdi>}</span>}
      {priced && (
        <>
          <span class="row-tokens" title={models?.map((model) => oneLine(model, 64)).join(', ')}>
            {usage && <Tokens usage={usage} />}
          </span>
          <span class="row-cost">{usage && <Cost usage={usage} />}</span>
        </>
      )}
      <span class="row-duration">{duration(duration_ms)}</span>
      <RowDetail item={item} />
    </li>
  );
}

/** The second line: what failed first, refused replies, and the beginning of the reply. */
function RowDetail({ item: { errors, error, refused = 0, reply } }: { item: TraceListItem }) {
  if (errors === 0 && refused === 0 && reply === undefined) return null;
  const more = errors - (error ? 1 : 0);
  return (
    <span class="row-detail">
      {errors > 0 && (
        <span class="row-error">
          <Icon name="error" />
          {error && (
            <bdi>
              {error.location !== '' && <b>{oneLine(error.location, 60)}: </b>}
              {oneLine(error.message, 200)}
            </bdi>
          )}
          {more > 0 && <b>{error ? ` +${more}` : `${more} error${more === 1 ? '' : 's'}`}</b>}
        </span>
      )}
      {refused > 0 && (
        <span class="row-refused" title={`${refused} repl${refused === 1 ? 'y was' : 'ies were'} refused`}>
          <Icon name="error" />
          refused{refused > 1 && ` ${refused}`}
        </span>
      )}
      {reply !== undefined && (
        <span class="row-reply">
          <Icon name="out" />
          <span class="sr-only">Reply: </span>
          <bdi>{oneLine(reply, 100)}</bdi>
        </span>
      )}
    </span>
  );
}

function Tokens({ usage }: { usage: UsageDto }) {
  const count = tokenCount(usage);
  if (count === undefined) return null;
  return (
    <span title={tokenWords(usage)}>
      {shortCount(count)} <span class="unit">tokens</span>
    </span>
  );
}

function Cost({ usage }: { usage: UsageDto }) {
  const isKnown = typeof usage.cost_usd === 'number';
  return (
    <span class={isKnown ? undefined : 'muted'} title={costWords(usage)}>
      {isKnown ? costCell(usage) : costWords(usage)}
    </span>
  );
}
