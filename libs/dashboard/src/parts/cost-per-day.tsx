import type { StatsResponse } from '../api/responses.js';
import { dollars } from '../../../trace/src/model/money.js';
import { costWords, shortCount, tokenCount } from '../format/usage.js';
import { TwinTable } from './twin-table.js';

/** Width of a day at most: three days do not fill a screen. */
const DAY_PX = 80;
/** Room for the words below. */
const LEAST_DAYS = 6;

type Days = NonNullable<StatsResponse['usage_by_day']>;

/** A column per day. A day whose cost is not known has a hollow column of full height and no number: it is not $0. */
export function CostPerDay({ days }: { days: Days }) {
  const most = days.reduce((max, { cost_usd: cost }) => Math.max(max, cost ?? 0), 0);
  const known = days.filter(({ cost_usd: cost }) => typeof cost === 'number');
  const sum = known.reduce((total, { cost_usd: cost }) => total + (cost ?? 0), 0);
  const unknown = days.reduce((total, { unknown_cost_calls: calls = 0 }) => total + calls, 0);
  const words = costWords({ cost_usd: known.length === 0 ? null : sum, unknown_cost_calls: unknown });
  return (
    <div class="cost-per-day" style={{ maxWidth: `${Math.max(LEAST_DAYS, days.length) * DAY_PX}px` }}>
      <svg
        class="spark cost-days"
        role="img"
        aria-label={`Cost per day: ${words}; the table below has the numbers`}
        viewBox={`0 0 ${Math.max(LEAST_DAYS, days.length) * 10} 100`}
        preserveAspectRatio="none"
      >
        {days.map(({ day, cost_usd: cost }, index) => {
          const height = Math.max(2, most === 0 ? 0 : ((cost ?? 0) / most) * 100);
          return cost === undefined || cost === null ? (
            <rect key={day} class="bar-unknown" x={index * 10 + 1} width="8" y="2" height="98" />
          ) : (
            <rect key={day} class="bar" x={index * 10 + 1} width="8" y={100 - height} height={height}>
              <title>{`${day}: ${dollars(cost)}`}</title>
            </rect>
          );
        })}
      </svg>
      <p class="overview-axis">
        <span>{days[0]?.day}</span>
        <span>{words}</span>
        {days.length >= LEAST_DAYS && <span>{days.at(-1)?.day}</span>}
      </p>
      <TwinTable
        head={['Day (UTC)', 'Calls', 'Tokens', 'Cost']}
        rows={days.map((day) => [
          day.day,
          day.calls.toLocaleString(),
          tokenCount(day) === undefined ? 'unknown' : shortCount(tokenCount(day) ?? 0),
          costWords(day),
        ])}
      />
    </div>
  );
}
