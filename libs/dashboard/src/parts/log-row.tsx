import { duration } from '../format/time.js';
import { oneLine, preview } from '../format/visible.js';
import { record } from '../model/trace-log.js';
import type { LogEntry } from '../model/trace-log.js';
import { copy } from '../state/toast.js';
import { ErrorDetail } from './error-detail.js';
import { Icon } from './icon.js';
import { ValueTree } from './value-tree.js';

interface LogRowProps {
  entry: LogEntry;
  open: boolean;
  state: '' | 'hit' | 'current';
  onToggle: (seq: number) => void;
  /** URL of this event; absent for a trace from a file. */
  link: ((seq: number) => string) | undefined;
}

const INDENT = 18;
const DEEPEST = 12;

/** One line of the log. When it is open, the recorded data are below it. */
export function LogRow({ entry, open, state, onToggle, link }: LogRowProps) {
  const { event, kind, label, title, offset, depth, failed, error, source } = entry;
  const words = title === '' ? preview(event.data) : oneLine(title, 160);
  const took = entry.open ? 'running' : event.duration_ms === null ? '' : duration(event.duration_ms);
  return (
    <li id={`e-${event.seq}`} class={`log-row kind-${kind} ${failed ? 'failed' : ''} ${state}`}>
      <button type="button" class="log-line" aria-expanded={open} onClick={() => onToggle(event.seq)}>
        <span class="log-offset">{offsetText(offset)}</span>
        <span class="log-what" style={{ paddingLeft: `${Math.min(depth, DEEPEST) * INDENT}px` }}>
          <Icon name={kind} />
          <span class="log-label">{oneLine(label, 60)}</span>
          <bdi class="log-title">{words}</bdi>
          {failed && <span class="log-failed">failed</span>}
        </span>
        <span class={entry.open ? 'log-took running' : 'log-took'}>{took}</span>
      </button>
      {open && (
        <div class="log-detail" style={{ marginLeft: `${Math.min(depth, DEEPEST) * INDENT}px` }}>
          {error ? <ErrorDetail error={error} source={source} /> : <Data entry={entry} />}
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

function Data({ entry: { event } }: { entry: LogEntry }) {
  const data = record(event.data);
  if (event.data === null || (typeof event.data === 'object' && Object.keys(data).length === 0)) {
    return <p class="muted">Nothing else was recorded.</p>;
  }
  return <ValueTree value={event.data} path={['data']} open={3} />;
}

function offsetText(ms: number): string {
  const sign = ms < 0 ? '−' : '+';
  const size = Math.abs(ms);
  return size < 59_999.5 ? `${sign}${(size / 1000).toFixed(3)}` : `${sign}${duration(size)}`;
}
