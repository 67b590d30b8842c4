import { duration } from '../format/time.js';
import { oneLine, preview } from '../format/visible.js';
import { isErrorLevel, isLoud } from '../model/log-level.js';
import { record } from '../model/trace-log.js';
import type { LogEntry } from '../model/trace-log.js';
import { copy } from '../state/toast.js';
import { ErrorDetail } from './error-detail.js';
import { Icon } from './icon.js';
import { RowFacts } from './row-facts.js';
import { StepDetail } from './step-detail.js';

interface LogRowProps {
  entry: LogEntry;
  /** Number of spans around it that have a row. */
  depth: number;
  open: boolean;
  state: '' | 'hit' | 'current';
  onToggle: (seq: number) => void;
  /** URL of this event; absent for a trace from a file. */
  link: ((seq: number) => string) | undefined;
}

/** Pixels per level. */
export const INDENT = 18;
export const DEEPEST = 12;

/** One line of the log. When it is open, the recorded data are below it. */
export function LogRow({ entry, depth, open, state, onToggle, link }: LogRowProps) {
  const { event, kind, label, title, offset, failed, error, source } = entry;
  const words = title === '' ? preview(event.data) : oneLine(title, 160);
  const took = entry.open ? 'running' : event.duration_ms === null ? '' : duration(event.duration_ms);
  return (
    <li id={`e-${event.seq}`} class={`log-row kind-${kind} ${levelClass(entry)} ${failed ? 'failed' : ''} ${state}`}>
      <button type="button" class="log-line" aria-expanded={open} onClick={() => onToggle(event.seq)}>
        <span class="log-offset">{offsetText(offset)}</span>
        <span class="log-what" style={{ paddingLeft: `${Math.min(depth, DEEPEST) * INDENT}px` }}>
          <Icon name={kind} />
          <span class="log-label">{oneLine(label, 60)}</span>
          <bdi class="log-title">{words}</bdi>
          <RowFacts entry={entry} />
          {failed && <span class="log-failed">failed</span>}
        </span>
        <span class={entry.open ? 'log-took running' : 'log-took'}>{took}</span>
      </button>
      {open && (
        <div class="log-detail" style={{ marginLeft: `${Math.min(depth, DEEPEST) * INDENT}px` }}>
          {error ? <ErrorDetail error={error} source={source} /> : <StepDetail entry={entry} />}
          <p class="detail-actions">
            <span class="muted">
              {event.timestamp} · #{event.seq}
            </span>
            {link && (
              <button type="button" class="quiet" onClick={() => void copy(link(event.seq), 'the link to this event')}>
                <Icon name="link" />
                Link to this event
              </button>
            )}
          </p>
        </div>
      )}
    </li>
  );
}

/** A log line of level `warn` or above has a colour beside its word. */
function levelClass({ kind, event }: LogEntry): string {
  if (kind !== 'log') return '';
  const { level } = record(event.data);
  return isErrorLevel(level) ? 'level-error' : isLoud(level) ? 'level-warn' : '';
}

export function offsetText(ms: number): string {
  const sign = ms < 0 ? '−' : '+';
  const size = Math.abs(ms);
  return size < 59_999.5 ? `${sign}${(size / 1000).toFixed(3)}` : `${sign}${duration(size)}`;
}
