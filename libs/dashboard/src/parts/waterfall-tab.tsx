import { useMemo, useState } from 'preact/hooks';
import { duration } from '../format/time.js';
import { oneLine } from '../format/visible.js';
import { modelFacts } from '../model/call-facts.js';
import { criticalPath } from '../model/critical-path.js';
import { isSpan } from '../model/trace-log.js';
import type { LogEntry } from '../model/trace-log.js';
import { setParams } from '../state/route.js';
import { Brush } from './brush.js';
import { Icon } from './icon.js';
import { Legend } from './waterfall-legend.js';

/** Bars shown at most; the log shows all steps. */
const MAX_BARS = 500;

interface WaterfallTabProps {
  log: readonly LogEntry[];
  durationMs: number;
}

/** Moments drawn into each bar's row at most: with 500 bars each more is 500 elements more. */
const MAX_POINTS = 40;

/** The steps as bars over time, coloured by type. Steps beside the critical path are pale; a window can be zoomed. */
export function WaterfallTab({ log, durationMs }: WaterfallTabProps) {
  const spans = useMemo(() => log.filter(({ event }) => isSpan(event)), [log]);
  const total = Math.max(1, durationMs, ...spans.slice(0, MAX_BARS).map(endOf));
  const critical = useMemo(
    () =>
      criticalPath(
        spans.slice(0, 5_000).map((entry) => ({
          id: entry.event.span_id ?? '',
          parent: entry.event.parent_span_id,
          start: entry.offset,
          end: entry.open ? total : endOf(entry),
        })),
      ),
    [spans, total],
  );
  const [view, setView] = useState<{ from: number; to: number } | undefined>();
  if (spans.length === 0) return <p class="muted">No steps were recorded: nothing in this trace has a duration.</p>;
  const { from, to } = view ?? { from: 0, to: total };
  const points = log
    .filter(({ event, kind, offset }) => !isSpan(event) && kind !== 'log' && offset >= from && offset <= to)
    .sort((a, b) => Number(b.kind === 'error') - Number(a.kind === 'error'))
    .slice(0, MAX_POINTS);
  const x = (ms: number) => ((ms - from) / (to - from)) * 100;
  const inView = spans.filter((entry) => entry.offset <= to && (entry.open ? total : endOf(entry)) >= from);
  return (
    <div class="waterfall">
      <Brush total={total} view={view} onView={setView}>
        {spans.slice(0, MAX_BARS).map((entry, index) => (
          <rect
            key={entry.event.seq}
            class={barClass(entry, critical.has(entry.event.span_id ?? ''))}
            x={(entry.offset / total) * 1000}
            width={Math.max(2, ((entry.open ? total - entry.offset : (entry.event.duration_ms ?? 0)) / total) * 1000)}
            y={(index % 12) * 3 + 2}
            height="2"
          />
        ))}
      </Brush>
      <Legend spans={spans} />
      <div class="wf-scale" aria-hidden="true">
        {[0, 0.25, 0.5, 0.75, 1].map((part) => (
          <span key={part}>{duration(from + (to - from) * part)}</span>
        ))}
      </div>
      <ol class="wf-rows" aria-label="Steps over time">
        {inView.slice(0, MAX_BARS).map((entry) => {
          const { event, kind, depth, label, title, failed, open } = entry;
          const end = open ? total : endOf(entry);
          const took = open ? 'running' : event.duration_ms === null ? 'no end' : duration(event.duration_ms);
          const isCritical = critical.has(event.span_id ?? '');
          const { firstToken } = modelFacts(event);
          const notes = [
            isCritical && 'on the critical path',
            failed && 'failed',
            firstToken !== undefined && `first token after ${duration(firstToken)}`,
          ].filter(Boolean);
          return (
            <li key={event.seq}>
              <button
                type="button"
                class="wf-row"
                onClick={() => setParams({ tab: undefined, e: String(event.seq) })}
                title={`${label} ${oneLine(title, 80)}: ${[took, ...notes].join(', ')}`}
              >
                <span class="wf-name" style={{ paddingLeft: `${Math.min(depth, 8) * 12}px` }}>
                  <Icon name={kind} />
                  <span class="wf-label">{label}</span> <bdi>{oneLine(title, 60)}</bdi>
                </span>
                <svg class="wf-svg" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                  {points.map((point) => (
                    <rect
                      key={point.event.seq}
                      class={point.kind === 'error' ? 'wf-point error' : 'wf-point'}
                      x={x(point.offset)}
                      width="0.15"
                      y="0"
                      height="10"
                    />
                  ))}
                  <rect class={barClass(entry, isCritical)} {...extent(x(entry.offset), x(end))} y="1.5" height="7" />
                  {failed && <rect class="wf-failed" {...extent(x(entry.offset), x(end))} y="7" height="3" />}
                  {firstToken !== undefined && <path class="wf-token" d={`M${x(entry.offset + firstToken)} 0V10`} />}
                </svg>
                <span class="wf-took">
                  {took}
                  {failed && <span class="log-failed"> failed</span>}
                </span>
              </button>
            </li>
          );
        })}
      </ol>
      {inView.length > MAX_BARS && (
        <p class="hint">
          {MAX_BARS} of {inView.length.toLocaleString()} steps. Draw a part of the picture above large to see the
          others.
        </p>
      )}
    </div>
  );
}

/** Left edge and width of a bar in percent; a bar of no width is drawn as a thin one. */
function extent(from: number, to: number): { x: number; width: number } {
  const x = Math.max(0, from);
  return { x, width: Math.max(0.4, Math.min(100, to) - x) };
}

function barClass({ kind }: LogEntry, isCritical: boolean): string {
  return `wf-bar type-${kind}${isCritical ? '' : ' parallel'}`;
}

function endOf({ offset, event }: LogEntry): number {
  return offset + (event.duration_ms ?? 0);
}
