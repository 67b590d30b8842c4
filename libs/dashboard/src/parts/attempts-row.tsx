import { duration } from '../format/time.js';
import { oneLine } from '../format/visible.js';
import type { LogEntry } from '../model/trace-log.js';
import { Icon } from './icon.js';
import { DEEPEST, INDENT, offsetText } from './log-row.js';
import { RowFacts } from './row-facts.js';

interface AttemptsRowProps {
  /** The attempts of one call, oldest first. */
  attempts: readonly LogEntry[];
  depth: number;
  open: boolean;
  onToggle: () => void;
}

/** Attempts of one call that was retried, as one row: `×3: 429, 429, 200`. When it is open, the attempts are below it. */
export function AttemptsRow({ attempts, depth, open, onToggle }: AttemptsRowProps) {
  const first = attempts[0] as LogEntry;
  const last = attempts.at(-1) as LogEntry;
  const results = attempts.map(({ call, open: isOpen }) => call?.status ?? (isOpen ? 'running' : (call?.error ?? '?')));
  const end = last.event.duration_ms === null ? undefined : last.offset + last.event.duration_ms;
  return (
    <li class={`log-row log-attempts kind-${last.kind} ${last.failed ? 'failed' : ''}`}>
      <button type="button" class="log-line" aria-expanded={open} onClick={onToggle}>
        <span class="log-offset">{offsetText(first.offset)}</span>
        <span class="log-what" style={{ paddingLeft: `${Math.min(depth, DEEPEST) * INDENT}px` }}>
          <Icon name={last.kind} />
          <span class="log-label">{oneLine(last.label, 60)}</span>
          <bdi class="log-title">{oneLine(last.title, 160)}</bdi>
          <span class="log-retries">
            ×{attempts.length}: {oneLine(results.join(', '), 80)}
          </span>
          {last.kind === 'llm' && !last.failed && <RowFacts entry={last} />}
          {last.failed && <span class="log-failed">failed</span>}
        </span>
        <span class="log-took">{end === undefined ? '' : duration(end - first.offset)}</span>
      </button>
    </li>
  );
}
