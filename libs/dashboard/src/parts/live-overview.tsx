import { useEffect, useRef } from 'preact/hooks';
import type { StatsResponse } from '../api/responses.js';
import { getJson } from '../api/client.js';
import { clockTime, dayUnlessToday, zone } from '../format/time.js';
import { term, withTerm } from '../model/search-term.js';
import { href, route, setParams } from '../state/route.js';
import { useLoad } from '../state/use-load.js';
import { useRefresh } from '../state/use-stream.js';
import { SparkBars } from './spark-bars.js';

const SPANS = ['15m', '1h', '24h', '7d'];
const REFRESH_MS = 5_000;
/** After the list: it is what people came for. */
const LATER_MS = 120;

const edge = (at: string) => `${dayUnlessToday(at)} ${clockTime(at).slice(0, 5)}`.trim();

/**
 * How much came in and how much of it failed; a window drawn here becomes a part of the search. Of all traces, whatever
 * is searched for: the server's sums know no search.
 */
export function LiveOverview({ q }: { q: string }) {
  const span = SPANS.find((name) => name === route.value.params.get('span')) ?? '24h';
  const first = useRef(true);
  const stats = useLoad(`stats ${span}`, async (abort) => {
    if (first.current) await new Promise((resolve) => setTimeout(resolve, LATER_MS));
    first.current = false;
    return getJson<StatsResponse>('stats', { since: span }, abort);
  });
  useRefresh(({ type }) => type !== 'trace.event', stats.reload, REFRESH_MS);
  useEffect(() => {
    const timer = setInterval(stats.reload, 60_000);
    return () => clearInterval(timer);
  }, [stats.reload]);

  const { value } = stats;
  const bars = value?.histogram ?? [];
  const words = value
    ? `${value.total_traces.toLocaleString()} traces, ${value.error_traces.toLocaleString()} failed`
    : stats.error instanceof Error
      ? stats.error.message
      : '…';
  const all = q === '' ? '' : 'with or without this search';
  return (
    <section class="overview" aria-label="Traces over time">
      <div class="overview-head">
        <p class="overview-words">
          <strong>{words}</strong> {value && value.active_traces > 0 && `· ${value.active_traces} running`}{' '}
          {value && all !== '' && <span class="muted">· {all}</span>}
        </p>
        <div class="segments" role="group" aria-label="Time shown">
          {SPANS.map((name) => (
            <a
              key={name}
              href={href('', { q, span: name === '24h' ? undefined : name })}
              aria-current={name === span ? 'true' : undefined}
            >
              {name}
            </a>
          ))}
        </div>
      </div>
      <SparkBars
        bars={bars}
        label={`All traces of the last ${span}: ${[words, all].filter(Boolean).join(', ')}`}
        onSelect={(from, to) =>
          setParams({ q: withTerm(withTerm(q, term('since', from)), term('until', to)), at: undefined })
        }
      />
      <p class="overview-axis">
        {bars[0] ? (
          <>
            <span>{edge(bars[0].from)}</span>
            <span>drag to select a window</span>
            <span>
              {edge(bars.at(-1)!.to)} {zone()}
            </span>
          </>
        ) : (
          <span>{value ? `nothing in the last ${span}` : ' '}</span>
        )}
      </p>
    </section>
  );
}
