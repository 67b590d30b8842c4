import { duration } from '../format/time.js';
import { oneLine, preview } from '../format/visible.js';
import { modelFacts } from '../model/call-facts.js';
import { isErrorLevel, isLoud } from '../model/log-level.js';
import { isSpan, record } from '../model/trace-log.js';
import type { LogEntry } from '../model/trace-log.js';
import type { StepRow } from '../model/step-rows.js';
import type { TimeScale } from '../model/time-scale.js';
import { Icon } from './icon.js';
import { RowFacts } from './row-facts.js';

/** Pixels per level, and the deepest level that is indented further. */
const INDENT = 16;
const DEEPEST = 12;
/** Bars drawn in the row of a group at most. */
const MAX_BARS = 60;

export interface StepRowProps {
  row: StepRow;
  /** The entry of the row; of a group all its members. */
  entries: readonly LogEntry[];
  scale: TimeScale;
  state: '' | 'hit' | 'current';
  /** The row that the Tab key reaches. */
  focusable: boolean;
}

/** One row of the tree: the step, its bar on the common time axis, and its duration. */
export function StepRowView({ row, entries, scale, state, focusable }: StepRowProps) {
  const { group, depth, open, position, size } = row;
  const first = entries[0] as LogEntry;
  const shown = group?.kind === 'attempts' ? (entries.at(-1) as LogEntry) : first;
  const { kind, label, title, failed, event } = shown;
  return (
    <li
      id={rowId(row, first)}
      role="treeitem"
      class={`step-row kind-${kind} ${levelClass(shown)} ${state}`}
      aria-level={depth + 1}
      aria-posinset={position}
      aria-setsize={size}
      aria-expanded={open}
      aria-selected={state === 'current'}
      tabIndex={focusable ? 0 : -1}
    >
      <span class="step-what" style={{ paddingLeft: `${Math.min(depth, DEEPEST) * INDENT}px` }}>
        <span class="step-twist">{open !== undefined && <Icon name="chevron" />}</span>
        <Icon name={kind} />
        <span class="step-label">{oneLine(label, 60)}</span>
        <bdi class="step-title">{title === '' ? preview(event.data) : oneLine(title, 160)}</bdi>
        {group && <span class="step-times">{timesWords(group, entries)}</span>}
        {(!group || (kind === 'llm' && group.kind === 'attempts' && !failed)) && <RowFacts entry={shown} />}
        {failed && <span class="step-failed">failed</span>}
      </span>
      <span class="step-bars" aria-hidden="true">
        {entries.slice(0, MAX_BARS).map((entry) => (
          <Bar key={entry.event.seq} entry={entry} scale={scale} />
        ))}
      </span>
      <span class={shown.open ? 'step-took running' : 'step-took'}>{took(entries)}</span>
    </li>
  );
}

/** The id of a row in the document; in the URL it is without its first two characters. */
export function rowId({ group }: Pick<StepRow, 'group'>, { event }: LogEntry): string {
  return `e-${group ? 'g' : ''}${event.seq}`;
}

/** `×3: 429, 429, 200` for the attempts of one call, `and Tool list_slots ×12` for a turn of several steps. */
export function timesWords(
  { kind, members, period }: NonNullable<StepRow['group']>,
  entries: readonly LogEntry[],
): string {
  if (kind === 'attempts') {
    const results = entries.map(({ call, open }) => call?.status ?? (open ? 'running' : (call?.error ?? '?')));
    return `×${members.length}: ${oneLine(results.join(', '), 80)}`;
  }
  const others = entries.slice(1, period).map(({ label, title }) => `, ${oneLine(`${label} ${title}`, 60)}`);
  return `${others.join('')} ×${members.length / period}`;
}

function took(entries: readonly LogEntry[]): string {
  if (entries.length === 1) {
    const { event, open } = entries[0] as LogEntry;
    if (open) return 'running';
    return event.duration_ms === null ? (isSpan(event) ? 'no end' : '') : duration(event.duration_ms);
  }
  return duration(entries.reduce((sum, { event }) => sum + (event.duration_ms ?? 0), 0));
}

function Bar({ entry, scale }: { entry: LogEntry; scale: TimeScale }) {
  const { event, kind, failed } = entry;
  if (!isSpan(event)) {
    const at = scale.at(entry.offset);
    return at < 0 || at > 100 ? null : <i class={`step-mark mark-${kind}`} style={{ left: `${at}%` }} />;
  }
  const from = Math.max(0, scale.at(entry.offset));
  const to = Math.min(100, scale.at(scale.endOf(entry)));
  if (to < 0 || from > 100) return null;
  const { firstToken } = modelFacts(event);
  return (
    <>
      <i
        class={`step-bar type-${kind}${scale.critical.has(event.span_id ?? '') ? '' : ' parallel'}${failed ? ' failed' : ''}`}
        style={{ left: `${Math.min(from, 99.6)}%`, width: `${Math.max(0.4, to - from)}%` }}
      />
      {firstToken !== undefined && <i class="step-token" style={{ left: `${scale.at(entry.offset + firstToken)}%` }} />}
    </>
  );
}

/** A log line of level `warn` or above has a colour beside its word. */
function levelClass({ kind, event }: LogEntry): string {
  if (kind !== 'log') return '';
  const { level } = record(event.data);
  return isErrorLevel(level) ? 'level-error' : isLoud(level) ? 'level-warn' : '';
}
