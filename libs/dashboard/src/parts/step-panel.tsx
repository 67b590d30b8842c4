import { duration } from '../format/time.js';
import { oneLine } from '../format/visible.js';
import { isSpan } from '../model/trace-log.js';
import type { LogEntry } from '../model/trace-log.js';
import type { StepGroup } from '../model/step-rows.js';
import type { TimePart } from '../model/time-scale.js';
import { copy } from '../state/toast.js';
import { ErrorDetail } from './error-detail.js';
import { Icon } from './icon.js';
import { StepDetail } from './step-detail.js';
import { timesWords } from './step-row.js';

interface StepPanelProps {
  /** The selected step; of a group all its steps. */
  entries: readonly LogEntry[];
  group: StepGroup | undefined;
  /** The first error inside the selected step. */
  inside: LogEntry | undefined;
  /** The reader chose it. Otherwise a narrow screen does not show it. */
  chosen: boolean;
  /** URL of an event; absent for a trace from a file. */
  link: ((seq: number) => string) | undefined;
  onSelect: (name: string | undefined) => void;
  onZoom: (part: TimePart) => void;
}

/** Everything that was recorded of the selected step. */
export function StepPanel({ entries, group, inside, chosen, link, onSelect, onZoom }: StepPanelProps) {
  const [entry] = entries;
  if (!entry) return null;
  const { event, kind, label, title, offset, failed, error, source } = entry;
  return (
    <section
      id="step-panel"
      class={chosen ? 'step-panel chosen' : 'step-panel'}
      aria-label="Selected step"
      tabIndex={-1}
    >
      <header>
        <h2>
          <Icon name={kind} /> {oneLine(label, 60)} {!error && <bdi>{oneLine(title, 200)}</bdi>}{' '}
          {group && <span class="step-times">{timesWords(group, entries)}</span>}
          {failed && <span class="step-failed">failed</span>}
        </h2>
        <button type="button" class="quiet" aria-label="Close" onClick={() => onSelect(undefined)}>
          <Icon name="close" />
        </button>
      </header>
      <p class="muted">
        {offsetText(offset)}
        {event.duration_ms !== null && !group && ` · took ${duration(event.duration_ms)}`}
        {group ? ` · ${entries.length} steps` : ` · ${event.timestamp} · #${event.seq}`}
      </p>
      {inside && (
        <p class="step-inside">
          <button type="button" class="quiet bad" onClick={() => onSelect(String(inside.event.seq))}>
            <Icon name="error" />
            <bdi>{oneLine(inside.title, 160)}</bdi>
          </button>
        </p>
      )}
      {group ? (
        <GroupDetail entries={entries} onSelect={onSelect} />
      ) : error ? (
        <ErrorDetail key={event.seq} error={error} source={source} />
      ) : (
        <StepDetail key={event.seq} entry={entry} />
      )}
      <p class="detail-actions">
        {link && !group && (
          <button type="button" class="quiet" onClick={() => void copy(link(event.seq), 'the link to this step')}>
            <Icon name="link" />
            Link to this step
          </button>
        )}
        {isSpan(event) && (event.duration_ms ?? 0) > 0 && !group && (
          <button
            type="button"
            class="quiet"
            onClick={() => onZoom({ from: offset, to: offset + (event.duration_ms ?? 0) })}
          >
            <Icon name="search" />
            Zoom the time axis to it
          </button>
        )}
      </p>
    </section>
  );
}

/** The steps of a group, each with its time and result. */
function GroupDetail({ entries, onSelect }: Pick<StepPanelProps, 'entries' | 'onSelect'>) {
  const took = entries.map(({ event }) => event.duration_ms ?? 0);
  return (
    <>
      <dl class="call-facts">
        {(
          [
            ['Together', took.reduce((sum, ms) => sum + ms, 0)],
            ['Slowest', took.reduce((most, ms) => Math.max(most, ms), 0)],
            ['Fastest', took.reduce((least, ms) => Math.min(least, ms), took[0] ?? 0)],
          ] as const
        ).map(([name, ms]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{duration(ms)}</dd>
          </div>
        ))}
      </dl>
      <ol class="group-steps">
        {entries.slice(0, 100).map(({ event, label, title, offset, call, failed }) => (
          <li key={event.seq}>
            <button type="button" class="quiet" onClick={() => onSelect(String(event.seq))}>
              {offsetText(offset)} {oneLine(`${label} ${title}`, 80)}
            </button>{' '}
            {call?.status} {failed && <span class="step-failed">failed</span>}{' '}
            {event.duration_ms !== null && duration(event.duration_ms)}
          </li>
        ))}
      </ol>
    </>
  );
}

/** `+0.123 s` from the start of the trace. */
function offsetText(ms: number): string {
  const sign = ms < 0 ? '−' : '+';
  const size = Math.abs(ms);
  return size < 59_999.5 ? `${sign}${(size / 1000).toFixed(3)} s` : `${sign}${duration(size)}`;
}
