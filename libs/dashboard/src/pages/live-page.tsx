import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { TraceListItem } from '../api/responses.js';
import { ApiError, ROOT, degraded, denied, hasCode } from '../api/client.js';
import { firstWebhook } from '../format/curl.js';
import { oneLine } from '../format/visible.js';
import { CHIPS, toggleChip } from '../model/search-chips.js';
import type { KnownValues } from '../model/search-completion.js';
import { term, withTerm } from '../model/search-term.js';
import { CopyButton } from '../parts/copy-button.js';
import { FilterChips } from '../parts/filter-chips.js';
import { Icon } from '../parts/icon.js';
import { LiveOverview } from '../parts/live-overview.js';
import { Empty, Failure, Loading } from '../parts/notice.js';
import { SearchBox } from '../parts/search-box.js';
import { TraceRows } from '../parts/trace-rows.js';
import { ViewsMenu } from '../parts/views-menu.js';
import { useKeys } from '../state/keys.js';
import { LiveList, MAX_ROWS, listView, rememberList } from '../state/live-list.js';
import { compareHref, contactHref, go, hrefWith, route, setParams, traceHref } from '../state/route.js';
import { copy, say } from '../state/toast.js';
import { useStream } from '../state/use-stream.js';

/** Scroll position in pixels from which the reader is among older rows, and new rows wait. */
const NEAR_TOP = 60;

const ORDERS = [
  ['started', 'Newest first'],
  ['duration', 'Longest first'],
  ['cost', 'Dearest first'],
] as const;

export function LivePage() {
  const { params } = route.value;
  const { q, sort = 'started', fingerprint } = listView(params);
  const selected = params.get('at') ?? '';
  const shown = useRef<LiveList | undefined>(undefined);
  const list = useMemo(() => new LiveList(listView(params), shown.current), [q, sort, fingerprint]);
  const pointerInside = useRef(false);
  const [marked, setMarked] = useState('');

  // Before the first frame: the list is the first question.
  useLayoutEffect(() => {
    shown.current = list;
    list.busy = () => pointerInside.current || scrollY > NEAR_TOP;
    void list.load();
    const onScroll = () => {
      if (innerHeight + scrollY > document.documentElement.scrollHeight - 600) void list.older();
    };
    addEventListener('scroll', onScroll, { passive: true });
    return () => {
      removeEventListener('scroll', onScroll);
      list.stop();
    };
  }, [list]);
  useLayoutEffect(() => rememberList(params), [params]);
  useStream({
    messages: (messages) => list.receive(messages),
    resync: () => (list.error.peek() === undefined ? list.refreshSoon() : void list.load()),
  });

  const isDegraded = degraded.value !== undefined;
  const wasDegraded = useRef(isDegraded);
  useEffect(() => {
    // What was missing has no message on the stream.
    if (wasDegraded.current && !isDegraded) list.refreshSoon();
    wasDegraded.current = isDegraded;
  }, [isDegraded, list]);

  const rows = list.rows.value;
  const known = useMemo(() => knownValues(rows), [rows]);
  const move = (step: number) => {
    const index = rows.findIndex(({ trace_id }) => trace_id === selected);
    const next = rows[index < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, index + step))];
    if (!next) return;
    setParams({ at: next.trace_id });
    document.getElementById(`t-${next.trace_id}`)?.scrollIntoView({ block: 'nearest' });
  };
  const compare = () => {
    if (selected === '') return;
    if (marked === '') {
      setMarked(selected);
      say('Marked. Choose another trace and press c again to compare');
    } else if (marked === selected) setMarked('');
    else go(compareHref(marked, selected));
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    Enter: () => selected !== '' && go(traceHref(selected)),
    e: () => go(hrefWith({ q: toggleChip(q, CHIPS[0]!), at: undefined })),
    c: compare,
    y: () => selected !== '' && void copy(new URL(traceHref(selected), location.href).href, 'the link'),
    Escape: () => (marked !== '' ? setMarked('') : setParams({ q: undefined, at: undefined })),
  });

  const error = list.error.value;
  const isRefused = error instanceof ApiError && hasCode(error, 'BAD_QUERY');
  const isEmpty = !list.loading.value && rows.length === 0 && error === undefined;
  return (
    <>
      <h1 class="sr-only">Live traces</h1>
      <LiveOverview q={q} />
      <div class="toolbar">
        <SearchBox
          q={q}
          known={known}
          problem={isRefused ? error.message : undefined}
          onSearch={(text) => setParams({ q: text, at: undefined })}
        />
        <FilterChips q={q} ofGroup={fingerprint !== undefined} />
        {list.waiting.value.length > 0 && (
          <button
            type="button"
            class="pill"
            onPointerEnter={() => (pointerInside.current = true)}
            onPointerLeave={() => (pointerInside.current = false)}
            onClick={() => {
              pointerInside.current = false;
              list.release();
              scrollTo({ top: 0 });
            }}
          >
            {list.waiting.value.length} new
          </button>
        )}
        <select
          class="sort"
          aria-label="Order"
          value={sort}
          onChange={({ currentTarget: { value } }) =>
            go(hrefWith({ sort: value === 'started' ? undefined : value, at: undefined }))
          }
        >
          {ORDERS.map(([name, words]) => (
            <option key={name} value={name}>
              {words}
            </option>
          ))}
        </select>
        <ViewsMenu />
        <button
          type="button"
          class="pause"
          aria-pressed={list.paused.value}
          onClick={() => {
            list.paused.value = !list.paused.value;
            if (!list.paused.value) list.release();
          }}
        >
          <Icon name={list.paused.value ? 'play' : 'pause'} />
          <span>{list.paused.value ? 'Resume' : 'Pause'}</span>
        </button>
      </div>
      {error !== undefined && !isRefused && denied.value === undefined && (
        <Failure error={error} retry={() => void list.load()} />
      )}
      <div
        class={list.stale.value ? 'stale' : undefined}
        aria-busy={list.loading.value}
        onPointerEnter={() => (pointerInside.current = true)}
        onPointerLeave={() => (pointerInside.current = false)}
      >
        <TraceRows
          rows={rows}
          label={`Traces, ${ORDERS.find(([name]) => name === sort)![1].toLowerCase()}`}
          selected={selected}
          marked={marked}
          hrefOf={({ trace_id }) => traceHref(trace_id)}
          contactHrefOf={({ contact_id }) => contactHref(contact_id)}
        />
      </div>
      {list.loading.value && !list.stale.value && <Loading what="traces" />}
      {isEmpty && (q === '' && fingerprint === undefined ? <FirstWebhook /> : <NothingFound q={q} />)}
      {rows.length >= MAX_ROWS && (
        <p class="hint">
          {MAX_ROWS.toLocaleString()} traces are shown. Narrow the search
          {sort === 'started' && (
            <>
              , or go on with{' '}
              <a href={hrefWith({ q: withTerm(q, term('until', rows.at(-1)?.started_at ?? '')), at: undefined })}>
                what is older
              </a>
            </>
          )}
          .
        </p>
      )}
      {list.next.value !== null && !list.loading.value && rows.length < MAX_ROWS && (
        <p class="center">
          <button type="button" onClick={() => void list.older()}>
            {sort === 'started' ? 'Older traces' : 'More traces'}
          </button>
        </p>
      )}
    </>
  );
}

/** Contacts, models, instances and tags of the rows, for the search box. */
function knownValues(rows: readonly TraceListItem[]): KnownValues {
  return {
    contact: [...new Set(rows.map(({ contact_id }) => contact_id))],
    model: [...new Set(rows.flatMap(({ models = [] }) => models))],
    instance: [...new Set(rows.flatMap(({ instance }) => instance ?? []))],
    tag: [...new Set(rows.flatMap(({ tags = {} }) => Object.entries(tags).map(([key, value]) => `${key}=${value}`)))],
  };
}

function FirstWebhook() {
  const command = firstWebhook(ROOT);
  return (
    <Empty title="Waiting for the first webhook">
      <p>It will appear here. Any path with a segment that begins with “webhook” is recorded; to try it:</p>
      <pre tabIndex={0} aria-label="A command that sends a webhook">
        {command}
      </pre>
      <CopyButton label="Copy the command" what="the command" text={() => command} />
    </Empty>
  );
}

function NothingFound({ q }: { q: string }) {
  return (
    <Empty title="No trace matches this search">
      <p>
        Nothing that is kept fits {q === '' ? 'it' : <code>{oneLine(q, 400)}</code>}. Traces that come and fit it appear
        here by themselves.
      </p>
      <p>
        <a href="#/">Show all traces</a>
      </p>
    </Empty>
  );
}
