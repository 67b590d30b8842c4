import type { InsightsResponse, StatsResponse, UsageDto } from '../api/responses.js';
import { ask, denied } from '../api/client.js';
import { duration } from '../format/time.js';
import { shortCount } from '../format/usage.js';
import { oneLine } from '../format/visible.js';
import { Bad, DataTable } from '../parts/data-table.js';
import { Flow } from '../parts/flow.js';
import { Heatmap } from '../parts/heatmap.js';
import { Instances } from '../parts/instances.js';
import { Failure, Loading } from '../parts/notice.js';
import { TimeRange, sinceOf } from '../parts/time-range.js';
import { Trends } from '../parts/trends.js';
import { TwinTable } from '../parts/twin-table.js';
import { UsageCharts } from '../parts/usage-charts.js';
import { ViewsMenu } from '../parts/views-menu.js';
import { askFitted } from '../model/fit-range.js';
import { term } from '../model/search-term.js';
import { useKeys } from '../state/keys.js';
import { go, href, searchHref, traceHref } from '../state/route.js';
import { useKept } from '../state/use-kept.js';
import { useLoad } from '../state/use-load.js';

/** Durations, error rate, routing and tools of a time range. */
export function StatsPage() {
  const since = sinceOf();
  const stats = useKept(
    useLoad(`stats page ${since}`, (abort) => askFitted({ since }, (range) => ask('stats', range, abort))),
  );
  // A store without numbers still has charts, which then cover the whole range.
  const whole = stats.error === undefined ? undefined : { since };
  const range = stats.stale ? undefined : (stats.value?.range ?? whole);
  const insights = useKept(
    useLoad(`insights ${JSON.stringify(range)}`, async (abort) => range && ask('insights', range, abort)),
  );
  useKeys({ Escape: () => go(href('')) });
  const error = stats.error ?? insights.error;
  const stale = stats.stale || insights.stale;
  return (
    <>
      <header class="page-header">
        <h1>Stats</h1>
        <TimeRange />
        <ViewsMenu />
      </header>
      {error !== undefined && denied.value === undefined && (
        <Failure
          error={error}
          retry={() => {
            stats.reload();
            insights.reload();
          }}
        />
      )}
      <div class={stale ? 'stale' : undefined} aria-busy={stale}>
        {stats.value ? (
          <>
            <Numbers stats={stats.value.whole} />
            <Trends stats={stats.value.whole} shown={stats.value.shown} />
            <UsageCharts stats={stats.value.whole} since={since} />
          </>
        ) : (
          error === undefined && <Loading what="numbers" />
        )}
        <Instances />
        {insights.value ? (
          <Charts insights={insights.value} since={since} />
        ) : (
          error === undefined && <Loading what="charts" />
        )}
      </div>
    </>
  );
}

function Numbers({ stats }: { stats: StatsResponse }) {
  // Without an ended trace the server answers 0.
  const took = (ms: number) => (stats.total_traces === stats.active_traces ? 'unknown' : duration(ms));
  const numbers: [string, string][] = [
    ['traces', stats.total_traces.toLocaleString()],
    ['failed', stats.error_traces.toLocaleString()],
    ['median', took(stats.p50_ms)],
    ['99th percentile', took(stats.p99_ms)],
    ['running', stats.active_traces.toLocaleString()],
  ];
  return <NumberList numbers={[...numbers, ...(stats.usage ? usageNumbers(stats.usage) : [])]} />;
}

/** Numbers of all model calls; their sum and their cost are over time below. */
function usageNumbers({ calls, input_tokens: input, output_tokens: output }: UsageDto): [string, string][] {
  const numbers: [string, string][] = [['model calls', calls.toLocaleString()]];
  if (input !== undefined) numbers.push(['input tokens', shortCount(input)]);
  if (output !== undefined) numbers.push(['output tokens', shortCount(output)]);
  return numbers;
}

function NumberList({ numbers }: { numbers: readonly [string, string][] }) {
  return (
    <dl class="numbers">
      {numbers.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Charts({ insights, since }: { insights: InsightsResponse; since: string }) {
  const { heatmap, flows, tools } = insights;
  return (
    <>
      {!insights.complete && (
        <p class="hint">The charts show the newest {insights.examined.toLocaleString()} traces in this time range.</p>
      )}
      <section class="chart">
        <h2>Durations</h2>
        {heatmap.cells.length === 0 ? (
          <p class="muted">No trace ended in this time range.</p>
        ) : (
          <Heatmap heatmap={heatmap} />
        )}
      </section>
      <section class="chart">
        <h2>Routing and outcome</h2>
        {flows.length === 0 ? (
          <p class="muted">No trace ended in this time range.</p>
        ) : (
          <>
            <Flow flows={flows} />
            <TwinTable
              head={['From', 'To', 'Traces']}
              rows={flows.map(({ from, to, count }) => [oneLine(from, 60), oneLine(to, 60), count.toLocaleString()])}
            />
          </>
        )}
      </section>
      <section class="chart">
        <h2>Tools, slowest first</h2>
        {tools.length === 0 ? (
          <p class="muted">No tool was called.</p>
        ) : (
          <DataTable
            label="Tools"
            head={['Tool', 'Calls', 'Failed', 'Median', '95th', 'Longest']}
            rows={tools.map((tool) => [
              <a href={searchHref(`${term('tool', tool.name)} since:${since}`)}>{oneLine(tool.name, 60)}</a>,
              tool.calls.toLocaleString(),
              <Bad value={tool.errors} />,
              duration(tool.p50_ms),
              duration(tool.p95_ms),
              <a href={traceHref(tool.slowest_trace_id)}>{duration(tool.max_ms)}</a>,
            ])}
          />
        )}
      </section>
    </>
  );
}
