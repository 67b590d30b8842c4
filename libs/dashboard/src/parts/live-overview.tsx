import { useEffect, useRef } from 'preact/hooks';
import type { StatsResponse } from '../api/responses.js';
import { ask } from '../api/client.js';
import { clockTime, dayUnlessToday, zone } from '../format/time.js';
import { askFitted } from '../model/fit-range.js';
import { term, withTerm } from '../model/search-term.js';
import { hrefWith, route, setParams } from '../state/route.js';
import { useKept } from '../state/use-kept.js';
import { useLoad } from '../state/use-load.js';
import { useRefresh } from '../state/use-stream.js';
import { useUsefulRanges } from '../state/use-useful-ranges.js';
import { SparkBars } from './spark-bars.js';

const SPANS = ['15m', '1h', '24h', '7d'];
const REFRESH_MS = 5_000;
/** The list loads first: it is the reason for which people open the page. */
const LATER_MS = 120;

const edge = (at: string) => `${dayUnlessToday(at)} ${clockTime(at).slice(0, 5)}`.trim();

/**
 * Counts of all traces and of those that failed, over the part of the time that has traces. A window that is drawn here becomes a part of the search.
 * The search does not narrow the counts: the statistics of the server have no search.
 */
export function LiveOverview({ q }: { q: string }) {
  const span = SPANS.find((name) => name === route.value.params.get('span')) ?? '24h';
  const first = useRef(true);
  const stats = useKept(
    useLoad(`stats ${span}`, async (abort) => {
      if (first.current) await new Promise((resolve) => setTimeout(resolve, LATER_MS));
      first.current = false;
      return askFitted({ since: span }, (range) => ask('stats', range, abort));
    }),
  );
  const spans = useUsefulRanges(SPANS, span);
  useRefresh(({ type }) => type !== 'trace.event', stats.reload, REFRESH_MS);
  useEffect(() => {
    const timer = setInterval(stats.reload, 60_000);
    return () => clearInterval(timer);
  }, [stats.reload]);

  const value = stats.value?.whole;
  const bars = stats.value?.shown.histogram ?? [];
  const words = value ? countsOf(value, q !== '') : stats.error instanceof Error ? stats.error.message : '…';
  return (
    <section class={stats.stale ? 'overview stale' : 'overview'} aria-label="Traces over time" aria-busy={stats.stale}>
      <p class="overview-words">
        <strong>{words}</strong> {value && value.active_traces > 0 && `· ${value.active_traces} running`}
      </p>
      <SparkBars
        bars={bars}
        label={`Traces of the last ${span}: ${words}`}
        onSelect={(from, to) =>
          setParams({ q: withTerm(withTerm(q, term('since', from)), term('until', to)), at: undefined })
        }
      />
      <div class="segments" role="group" aria-label="Time shown">
        {spans.map((name) => (
          <a
            key={name}
            href={hrefWith({ span: name === '24h' ? undefined : name })}
            aria-current={name === span ? 'true' : undefined}
          >
            {name}
          </a>
        ))}
      </div>
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

function countsOf({ total_traces, error_traces }: StatsResponse, isSearch: boolean): string {
  const [total, failed] = [total_traces.toLocaleString(), error_traces.toLocaleString()];
  if (isSearch) return `All traces: ${total}, ${failed} failed (search not applied)`;
  return `${total} ${total_traces === 1 ? 'trace' : 'traces'}, ${failed} failed`;
}
