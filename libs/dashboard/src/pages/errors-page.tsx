import { ERROR_GROUP_STATES } from '../../../trace/src/contract/insights.response.js';
import type { ErrorGroupState } from '../../../trace/src/contract/insights.response.js';
import type { ErrorGroup } from '../api/responses.js';
import { ask, denied } from '../api/client.js';
import { oneLine } from '../format/visible.js';
import { Group } from '../parts/error-group.js';
import { Empty, Failure, Loading } from '../parts/notice.js';
import { TextFilter } from '../parts/text-filter.js';
import { TimeRange, sinceOf } from '../parts/time-range.js';
import { ViewsMenu } from '../parts/views-menu.js';
import { useKeys } from '../state/keys.js';
import { go, href, hrefWith, route, setParams, traceHref } from '../state/route.js';
import { say, sayWhy } from '../state/toast.js';
import { useKept } from '../state/use-kept.js';
import { useLoad } from '../state/use-load.js';
import { useRefresh } from '../state/use-stream.js';

const ALL = 'all';
const DONE: Record<ErrorGroupState, string> = {
  open: 'Reopened',
  resolved: 'Resolved until its next error',
  ignored: 'Ignored',
};

/** Errors grouped by fingerprint: the same error many times is one row. The open groups are shown first. */
export function ErrorsPage() {
  const since = sinceOf('7d');
  const { params } = route.value;
  const q = params.get('q') ?? '';
  const wanted = params.get('state');
  const state = wanted === ALL ? ALL : (ERROR_GROUP_STATES.find((name) => name === wanted) ?? 'open');
  const asked = { since, q, ...(state !== ALL && { state }) };
  const loaded = useLoad(JSON.stringify(asked), (abort) => ask('errorGroups', asked, abort));
  const { value, error, stale, reload } = useKept(loaded);
  const chosen = params.get('f') ?? '';
  const opened = params.get('traces') ?? '';
  useRefresh((message) => message.type === 'trace.ended' && message.data.errors > 0, reload, 2_000);
  const groups = value?.groups ?? [];
  const group = groups.find(({ fingerprint }) => fingerprint === chosen);

  const change = async ({ fingerprint, message, state: before }: ErrorGroup, next: ErrorGroupState) => {
    try {
      await ask('setErrorState', { fingerprint, state: next });
      reload();
      say(`${DONE[next]}: ${oneLine(message, 60)}`, {
        label: 'Undo',
        run: () => void ask('setErrorState', { fingerprint, state: before }).then(reload, sayWhy),
      });
    } catch (reason) {
      sayWhy(reason);
    }
  };
  const move = (step: number) => {
    const index = groups.findIndex(({ fingerprint }) => fingerprint === chosen);
    const next = groups[index < 0 ? 0 : Math.min(groups.length - 1, Math.max(0, index + step))];
    if (!next) return;
    setParams({ f: next.fingerprint });
    document.getElementById(`f-${next.fingerprint}`)?.scrollIntoView({ block: 'nearest' });
  };
  const toggle = (fingerprint: string) => setParams({ traces: opened === fingerprint ? undefined : fingerprint });
  const toggleState = (to: ErrorGroupState) => group && void change(group, group.state === to ? 'open' : to);
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    Enter: () => group && go(traceHref(group.last_trace_id)),
    r: () => toggleState('resolved'),
    i: () => toggleState('ignored'),
    t: () => group && toggle(group.fingerprint),
    Escape: () => go(href('')),
  });

  return (
    <>
      <header class="page-header">
        <h1>Errors</h1>
        <TextFilter label="Search errors" value={q} onChange={(text) => setParams({ q: text, f: undefined })} />
        <div class="segments" role="group" aria-label="State">
          {[...ERROR_GROUP_STATES, ALL].map((name) => (
            <a
              key={name}
              href={hrefWith({ state: name === 'open' ? undefined : name, f: undefined })}
              aria-current={name === state ? 'true' : undefined}
            >
              {name}
            </a>
          ))}
        </div>
        <TimeRange fallback="7d" />
        <ViewsMenu />
      </header>
      {error !== undefined && denied.value === undefined && <Failure error={error} retry={reload} />}
      {!value && error === undefined && <Loading what="errors" />}
      {value && groups.length === 0 && !stale && <NoErrors q={q} state={state} />}
      {value && !value.complete && (
        <p class="hint">
          The newest {value.examined} traces with errors are counted. Choose a shorter time range for exact numbers.
        </p>
      )}
      <ol class={stale ? 'groups stale' : 'groups'} aria-busy={stale}>
        {value &&
          groups.map((each) => (
            <Group
              key={each.fingerprint}
              group={each}
              answer={value}
              since={since}
              chosen={each.fingerprint === chosen}
              isOpen={each.fingerprint === opened}
              onToggle={() => toggle(each.fingerprint)}
              onState={(next) => void change(each, next)}
            />
          ))}
      </ol>
    </>
  );
}

function NoErrors({ q, state }: { q: string; state: ErrorGroupState | typeof ALL }) {
  const kind = state === ALL ? '' : `${state} `;
  if (q === '' && state === ALL)
    return (
      <Empty title="No errors">
        <p>No trace in this time range recorded an error.</p>
      </Empty>
    );
  return (
    <Empty title={`No ${kind}errors`}>
      <p>
        No {kind}group of errors in this time range{q !== '' && <> has the text “{oneLine(q, 100)}”</>}.{' '}
        <a href={hrefWith({ q: undefined, state: ALL })}>Show all</a>
      </p>
    </Empty>
  );
}
