import type { StatsResponse, StepStats, UsageDto } from '../api/responses.js';
import { duration } from '../format/time.js';
import { costCell, costWords, shortCount, tokenCount, tokenWords } from '../format/usage.js';
import { oneLine } from '../format/visible.js';
import { term } from '../model/search-term.js';
import { searchHref } from '../state/route.js';
import { CostPerDay } from './cost-per-day.js';
import { Bad, DataTable } from './data-table.js';

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
      <DataTable
        label={title}
        head={head}
        rows={rows.slice(0, MOST).map(([of, { count, errors, p50_ms, p95_ms, usage }]) => [
          <a href={searchHref(search(of))}>
            <bdi>{oneLine(of, 80)}</bdi>
          </a>,
          count.toLocaleString(),
          <Bad value={errors} />,
          duration(p50_ms),
          duration(p95_ms),
          ...(priced ? [<Tokens usage={usage} />, <Cost usage={usage} />] : []),
        ])}
      />
      {rows.length > MOST && (
        <p class="hint">
          {MOST} of {rows.length}.
        </p>
      )}
    </section>
  );
}

function Tokens({ usage }: { usage: UsageDto | undefined }) {
  const count = usage && tokenCount(usage);
  return usage && <span title={tokenWords(usage)}>{count === undefined ? 'unknown' : shortCount(count)}</span>;
}

function Cost({ usage }: { usage: UsageDto | undefined }) {
  return usage && <span title={costWords(usage)}>{costCell(usage)}</span>;
}
