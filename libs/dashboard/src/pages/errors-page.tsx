import type { ErrorGroup, ErrorGroupsResponse } from '../api/responses.js';
import { ask, denied } from '../api/client.js';
import { ago, fullTime } from '../format/time.js';
import { oneLine } from '../format/visible.js';
import { Empty, Failure, Loading } from '../parts/notice.js';
import { SparkBars } from '../parts/spark-bars.js';
import { TimeRange, sinceOf } from '../parts/time-range.js';
import { useKeys } from '../state/keys.js';
import { go, href, route, setParams, traceHref } from '../state/route.js';
import { useLoad } from '../state/use-load.js';
import { useRefresh } from '../state/use-stream.js';

/** Errors grouped by fingerprint: the same error many times is one row. */
export function ErrorsPage() {
  const since = sinceOf('7d');
  const { value, error, reload } = useLoad(`errors ${since}`, (abort) => ask('errorGroups', { since }, abort));
  const chosen = route.value.params.get('f') ?? '';
  useRefresh((message) => message.type === 'trace.ended' && message.data.errors > 0, reload, 2_000);
  const groups = value?.groups ?? [];
  const move = (step: number) => {
    const index = groups.findIndex(({ fingerprint }) => fingerprint === chosen);
    const next = groups[index < 0 ? 0 : Math.min(groups.length - 1, Math.max(0, index + step))];
    if (!next) return;
    setParams({ f: next.fingerprint });
    document.getElementById(`f-${next.fingerprint}`)?.scrollIntoView({ block: 'nearest' });
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    Enter: () => {
      const group = groups.find(({ fingerprint }) => fingerprint === chosen);
      if (group) go(traceHref(group.last_trace_id));
    },
    Escape: () => go(href('')),
  });
  return (
    <>
      <header class="page-header">
        <h1>Errors</h1>
        <TimeRange fallback="7d" />
      </header>
      {error !== undefined && denied.value === undefined && <Failure error={error} retry={reload} />}
      {!value && error === undefined && <Loading what="errors" />}
      {value && groups.length === 0 && (
        <Empty title="No errors">
          <p>No trace in this time range recorded an error.</p>
        </Empty>
      )}
      {value && !value.complete && (
        <p class="hint">
          The newest {value.examined} traces with errors are counted. Choose a shorter time range for exact numbers.
        </p>
      )}
      <ol class="groups">
        {groups.map((group) => (
          <Group key={group.fingerprint} group={group} answer={value} chosen={group.fingerprint === chosen} />
        ))}
      </ol>
    </>
  );
}

function Group({
  group,
  answer,
  chosen,
}: {
  group: ErrorGroup;
  answer: ErrorGroupsResponse | undefined;
  chosen: boolean;
}) {
  const from = Date.parse(answer?.bars_from ?? '');
  const width = (Date.parse(answer?.bars_to ?? '') - from) / group.bars.length || 1;
  const bars = group.bars.map((count, index) => ({
    from: String(from + index * width),
    to: String(from + (index + 1) * width),
    total: count,
    errors: count,
  }));
  const more = ago(group.first_seen) !== ago(group.last_seen);
  return (
    <li id={`f-${group.fingerprint}`} class={chosen ? 'group selected' : 'group'} aria-current={chosen || undefined}>
      <div class="group-what">
        <h2>
          <a href={traceHref(group.last_trace_id)}>
            <bdi>{oneLine(group.message, 200) || oneLine(group.type, 80)}</bdi>
          </a>
        </h2>
        <p class="muted">
          {oneLine(group.type, 80)} in <code>{oneLine(group.location, 100)}</code>
        </p>
        <p class="muted group-seen">
          {more && 'last '}
          <time title={fullTime(group.last_seen)}>{ago(group.last_seen)}</time>
          {more && (
            <>
              , first <time title={fullTime(group.first_seen)}>{ago(group.first_seen)}</time>
            </>
          )}
        </p>
      </div>
      <SparkBars bars={bars} label={`${group.count} over time`} />
      <dl class="group-numbers">
        <div>
          <dt>{group.count === 1 ? 'time' : 'times'}</dt>
          <dd>{group.count.toLocaleString()}</dd>
        </div>
        <div>
          <dt>{group.contacts === 1 ? 'contact' : 'contacts'}</dt>
          <dd>{group.contacts.toLocaleString()}</dd>
        </div>
      </dl>
    </li>
  );
}
