import { useMemo } from 'preact/hooks';
import type { FullTraceResponse } from '../api/responses.js';
import { traceLog } from '../model/trace-log.js';
import { href, route, setParams } from '../state/route.js';
import { ConversationTab } from './conversation-tab.js';
import { JsonTab } from './json-tab.js';
import { Loading } from './notice.js';
import { RouteTab } from './route-tab.js';
import { StepsView } from './steps-view.js';
import { TraceActions } from './trace-actions.js';
import { TraceHeader } from './trace-header.js';

const TABS = [
  ['steps', 'Steps'],
  ['conversation', 'Conversation'],
  ['route', 'Route'],
  ['json', 'JSON'],
] as const;

const select = (name: string) => setParams({ tab: name === 'steps' ? undefined : name });

interface TraceViewProps {
  trace: FullTraceResponse;
  /** Number of its values that are not loaded. */
  missing?: number;
  /** The trace is from a file: the server does not have it, and the page sends no question. */
  local?: boolean;
}

/** A trace, from the server or from a file. */
export function TraceView({ trace, missing = 0, local = false }: TraceViewProps) {
  const { left_out: leftOut } = trace;
  const log = useMemo(() => traceLog(trace), [trace]);
  const wanted = route.value.params.get('tab');
  const tab = TABS.find(([name]) => name === wanted)?.[0] ?? 'steps';
  /** Tabs that need the whole trace. */
  const whole = leftOut ? undefined : tab;
  const link = local
    ? undefined
    : (seq: number) => new URL(href(`t/${encodeURIComponent(trace.trace_id)}`, { e: String(seq) }), location.href).href;
  return (
    <article class="trace">
      <TraceHeader trace={trace} />
      <div class="trace-bar">
        <div
          class="tabs"
          role="tablist"
          aria-label="Views of this trace"
          onKeyDown={(event) => {
            const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
            if (step === undefined) return;
            const index = TABS.findIndex(([name]) => name === tab);
            const [next] = TABS[(index + step + TABS.length) % TABS.length] ?? TABS[0];
            select(next);
            document.getElementById(`tab-${next}`)?.focus();
          }}
        >
          {TABS.map(([name, label]) => (
            <button
              key={name}
              id={`tab-${name}`}
              type="button"
              role="tab"
              aria-selected={tab === name}
              aria-controls="panel"
              tabIndex={tab === name ? 0 : -1}
              onClick={() => select(name)}
            >
              {label}
              {name === 'steps' && <span class="count">{(log.length + (leftOut?.events ?? 0)).toLocaleString()}</span>}
            </button>
          ))}
        </div>
        <TraceActions trace={trace} local={local} />
      </div>
      <section id="panel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
        {tab === 'steps' && <StepsView log={log} durationMs={trace.duration_ms} link={link} />}
        {leftOut && <Loading what={`the other ${leftOut.events.toLocaleString()} events`} />}
        {whole === 'conversation' && <ConversationTab trace={trace} />}
        {whole === 'route' && <RouteTab log={log} />}
        {whole === 'json' && <JsonTab trace={trace} missing={missing} />}
      </section>
    </article>
  );
}
