import type { ErrorGroup, ErrorGroupsResponse } from '../api/responses.js';
import type { ErrorGroupState } from '../../../trace/src/contract/insights.response.js';
import { ago, fullTime } from '../format/time.js';
import { oneLine } from '../format/visible.js';
import { href, traceHref } from '../state/route.js';
import { ErrorGroupTraces } from './error-group-traces.js';
import { SparkBars } from './spark-bars.js';

interface GroupProps {
  group: ErrorGroup;
  answer: ErrorGroupsResponse;
  since: string;
  chosen: boolean;
  /** Its traces are listed below it. */
  isOpen: boolean;
  onToggle: () => void;
  onState: (state: ErrorGroupState) => void;
}

/** Errors of one origin: what, where, when, how often, its state and its traces. */
export function Group({ group, answer, since, chosen, isOpen, onToggle, onState }: GroupProps) {
  const { fingerprint, state } = group;
  const from = Date.parse(answer.bars_from ?? '');
  const width = (Date.parse(answer.bars_to ?? '') - from) / group.bars.length || 1;
  const bars = group.bars.map((count, index) => ({
    from: String(from + index * width),
    to: String(from + (index + 1) * width),
    total: count,
    errors: count,
  }));
  const more = ago(group.first_seen) !== ago(group.last_seen);
  return (
    <li id={`f-${fingerprint}`} class={chosen ? 'group selected' : 'group'} aria-current={chosen || undefined}>
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
          {state !== 'open' && (
            <>
              {' · '}
              <strong>{state}</strong>
              {group.state_since !== null && (
                <>
                  {' '}
                  <time title={fullTime(group.state_since)}>{ago(group.state_since)}</time>
                </>
              )}
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
      <div class="group-actions">
        <button type="button" aria-expanded={isOpen} onClick={onToggle}>
          {group.traces.toLocaleString()} trace{group.traces === 1 ? '' : 's'}
        </button>
        {state === 'open' ? (
          <>
            <button type="button" onClick={() => onState('resolved')}>
              Resolve
            </button>
            <button type="button" onClick={() => onState('ignored')}>
              Ignore
            </button>
          </>
        ) : (
          <button type="button" onClick={() => onState('open')}>
            Reopen
          </button>
        )}
      </div>
      {isOpen && (
        <div class="group-traces">
          <ErrorGroupTraces fingerprint={fingerprint} since={since} />
          <a href={href('', { fingerprint, q: `since:${since}` })}>Open them as a list</a>
        </div>
      )}
    </li>
  );
}
