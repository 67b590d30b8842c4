import type { InsightsResponse, StatsResponse, UsageDto } from '../api/responses.js';
import { ask, denied } from '../api/client.js';
import { duration } from '../format/time.js';
import { costCell, shortCount, tokenCount } from '../format/usage.js';
import { oneLine } from '../format/visible.js';
import { Flow } from '../parts/flow.js';
import { Heatmap } from '../parts/heatmap.js';
import { Instances } from '../parts/instances.js';
import { Failure, Loading } from '../parts/notice.js';
import { TimeRange, sinceOf } from '../parts/time-range.js';
import { TwinTable } from '../parts/twin-table.js';
import { UsageCharts } from '../parts/usage-charts.js';
import { term } from '../model/search-term.js';
import { useKeys } from '../state/keys.js';
import { go, href, searchHref, traceHref } from '../state/route.js';
import { useLoad } from '../state/use-load.js';

/** Durations, error rate, routing and tools of a time range. */
export function StatsPage() {
  const since = sinceOf();
  const stats = useLoad(`stats page ${since}`, (abort) => ask('stats', { since }, abort));
  const insights = useLoad(`insights ${since}`, (abort) => ask('insights', { since }, abort));
  useKeys({ Escape: () => go(href('')) });
  const error = stats.error ?? insights.error;
  return (
    <>
      <header class="page-header">
        <h1>Stats</h1>
        <TimeRange />
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
      {stats.value ? <Numbers stats={stats.value} /> : error === undefined && <Loading what="numbers" />}
      {stats.value && <UsageCharts stats={stats.value} since={since} />}
      <Instances />
      {insights.value ? (
        <Charts insights={insights.value} since={since} />
      ) : (
        error === undefined && <Loading what="charts" />
      )}
    </>
  );
}

function Numbers({ stats }: { stats: StatsResponse }) {
  const numbers: [string, string][] = [
    ['traces', stats.total_traces.toLocaleString()],
    ['failed', `${(stats.error_rate * 100).toFixed(stats.error_rate < 0.1 ? 1 : 0)} %`],
    ['median', duration(stats.p50_ms)],
    ['95th percentile', duration(stats.p95_ms)],
    ['99th percentile', duration(stats.p99_ms)],
    ['running', stats.active_traces.toLocaleString()],
  ];
  return (
    <>
      <NumberList numbers={numbers} />
      {stats.usage && <NumberList numbers={usageNumbers(stats.usage)} />}
    </>
  );
}

/** Numbers of all model calls. */
function usageNumbers(usage: UsageDto): [string, string][] {
  const { calls, input_tokens: input, output_tokens: output } = usage;
  const total = tokenCount(usage);
  const numbers: [string, string][] = [['model calls', calls.toLocaleString()]];
  if (input !== undefined) numbers.push(['input tokens', shortCount(input)]);
  if (output !== undefined) numbers.push(['output tokens', shortCount(output)]);
  if (input === undefined && output === undefined && total !== undefined) numbers.push(['tokens', shortCount(total)]);
  return [...numbers, ['cost of models', costCell(usage)]];
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
          <div class="scroll-x" tabIndex={0} role="region" aria-label="Tools">
            <table>
              <thead>
                <tr>
                  {['Tool', 'Calls', 'Failed', 'Median', '95th', 'Longest'].map((name) => (
                    <th key={name} scope="col" class={name === 'Tool' ? undefined : 'number'}>
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {tools.map((tool) => (
                  <tr key={tool.name}>
                    <th scope="row">
                      <a href={searchHref(`${term('tool', tool.name)} since:${since}`)}>{oneLine(tool.name, 60)}</a>
                    </th>
                    <td class="number">{tool.calls.toLocaleString()}</td>
                    <td class={tool.errors > 0 ? 'number bad' : 'number'}>{tool.errors.toLocaleString()}</td>
                    <td class="number">{duration(tool.p50_ms)}</td>
                    <td class="number">{duration(tool.p95_ms)}</td>
                    <td class="number">
                      <a href={traceHref(tool.slowest_trace_id)}>{duration(tool.max_ms)}</a>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </section>
    </>
  );
}
