import type { ComponentChildren } from 'preact';
import type { StatsResponse, StepStats, UsageDto } from '../api/responses.js';
import { duration } from '../format/time.js';
import { costCell, costWords, shortCount, tokenCount, tokenWords } from '../format/usage.js';
import { oneLine } from '../format/visible.js';
import { term } from '../model/search-term.js';
import { searchHref } from '../state/route.js';
import { CostPerDay } from './cost-per-day.js';

/** Rows shown at most; the server sorts by number of calls. */
const MOST = 50;

/** Cost per day, and calls by model, agent and host. Each is absent where the server has no numbers of its kind. */
export function UsageCharts({ stats, since }: { stats: StatsResponse; since: string }) {
  const { usage_by_day: days = [], by_model: models = {}, by_agent: agents = {}, by_host: hosts = {} } = stats;
  const byAgent = Object.entries(agents).filter(([, { usage }]) => usage !== undefined);
  return (
    <>
      {days.length > 0 && (
        <section class="chart">
          <h2>Cost of models per day</h2>
          <CostPerDay days={days} />
        </section>
      )}
      <Calls
        title="Models"
        name="Model"
        rows={Object.entries(models)}
        search={(name) => `${term('model', name)} since:${since}`}
      />
      <Calls title="Agents" name="Agent" rows={byAgent} search={(name) => `${term('agent', name)} since:${since}`} />
      <Calls
        title="Hosts"
        name="Host"
        rows={Object.entries(hosts)}
        search={(name) => `${term('host', name)} since:${since}`}
      />
    </>
  );
}

interface CallsProps {
  title: string;
  name: string;
  rows: readonly [string, StepStats][];
  search: (name: string) => string;
}

function Calls({ title, name, rows, search }: CallsProps) {
  if (rows.length === 0) return null;
  const priced = rows.some(([, { usage }]) => usage !== undefined);
  const head = [name, 'Calls', 'Failed', 'Median', '95th', ...(priced ? ['Tokens', 'Cost'] : [])];
  return (
    <section class="chart">
      <h2>{title}</h2>
      <div class="scroll-x" tabIndex={0} role="region" aria-label={title}>
        <table>
          <thead>
            <tr>
              {head.map((column, index) => (
                <th key={column} scope="col" class={index === 0 ? undefined : 'number'}>
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, MOST).map(([of, { count, errors, p50_ms, p95_ms, usage }]) => (
              <tr key={of}>
                <th scope="row">
                  <a href={searchHref(search(of))}>
                    <bdi>{oneLine(of, 80)}</bdi>
                  </a>
                </th>
                <Cell>{count.toLocaleString()}</Cell>
                <Cell bad={errors > 0}>{errors.toLocaleString()}</Cell>
                <Cell>{duration(p50_ms)}</Cell>
                <Cell>{duration(p95_ms)}</Cell>
                {priced && (
                  <>
                    <Cell title={usage && tokenWords(usage)}>{usage && tokensOf(usage)}</Cell>
                    <Cell title={usage && costWords(usage)}>{usage && costCell(usage)}</Cell>
                  </>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > MOST && (
        <p class="hint">
          {MOST} of {rows.length}.
        </p>
      )}
    </section>
  );
}

function tokensOf(usage: UsageDto): string {
  const count = tokenCount(usage);
  return count === undefined ? 'unknown' : shortCount(count);
}

function Cell({ bad = false, title, children }: { bad?: boolean; title?: string; children?: ComponentChildren }) {
  return (
    <td class={bad ? 'number bad' : 'number'} title={title}>
      {children}
    </td>
  );
}
