import type { StatsPart } from '../../../trace/src/contract/stats.response.js';
import { dollars } from '../../../trace/src/model/money.js';
import type { StatsResponse } from '../api/responses.js';
import { duration } from '../format/time.js';
import { shortCount, tokenCount } from '../format/usage.js';

/** One number of the statistics over time. */
export interface Trend {
  name: string;
  /** The number over the whole range; `unknown` where it is not known. */
  value: string;
  /** Compared with the period before; absent: there is no number to compare with. */
  change: { words: string; isWorse: boolean } | undefined;
  /** The number in each part of the range; `null`: not known. */
  line: readonly (number | null)[];
  /** A part's number in words. */
  words: (value: number | null) => string;
}

interface Metric {
  name: string;
  of: (part: StatsPart) => number | null;
  whole: (stats: StatsResponse) => number | null;
  show: (value: number) => string;
  /** More is worse. */
  isBad?: boolean;
  /** The change is a difference of shares, in percentage points. */
  isShare?: boolean;
}

/** Changes that are marked: smaller ones come by chance. */
const WORSE_POINTS = 0.01;
const WORSE_PART = 0.1;

const percent = (share: number) => `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
const count = (value: number) => value.toLocaleString();

const METRICS: readonly Metric[] = [
  {
    name: 'error rate',
    of: (part) => part.error_rate,
    whole: (stats) => (stats.total_traces === 0 ? null : stats.error_rate),
    show: percent,
    isBad: true,
    isShare: true,
  },
  {
    name: '95th percentile',
    of: (part) => part.p95_ms,
    whole: (stats) => (stats.total_traces === stats.active_traces ? null : stats.p95_ms),
    show: duration,
    isBad: true,
  },
  {
    name: 'replies',
    of: (part) => part.replies,
    whole: ({ over_time: parts }) => parts?.reduce((sum, { replies }) => sum + replies, 0) ?? null,
    show: count,
  },
  {
    name: 'tokens',
    of: (part) => part.tokens,
    whole: ({ usage }) => (usage && tokenCount(usage)) ?? null,
    show: shortCount,
  },
  { name: 'cost of models', of: (part) => part.cost_usd, whole: ({ usage }) => usage?.cost_usd ?? null, show: dollars },
];

/**
 * Error rate, durations, replies, tokens and cost: the whole range beside the period before, and over time.
 * @param shown the numbers over time: of the whole range, or of the part of it that has traces
 */
export function trends(stats: StatsResponse, shown: StatsResponse = stats): Trend[] {
  return METRICS.map((metric) => {
    const { name, of, whole, show } = metric;
    const words = (value: number | null) => (value === null ? 'unknown' : show(value));
    return {
      name,
      value: words(whole(stats)),
      change: changeOf(metric, whole(stats), stats.previous),
      line: (shown.over_time ?? []).map(of),
      words,
    };
  });
}

function changeOf({ of, show, isBad = false, isShare }: Metric, now: number | null, previous: StatsPart | undefined) {
  const before = previous === undefined || previous.total_traces === 0 ? null : of(previous);
  if (now === null || before === null) return undefined;
  const by = now - before;
  // A share changes by points of percent; from nothing, there is no factor.
  const part = isShare ? by : before === 0 ? Math.sign(by) : by / before;
  if (by === 0) return { words: 'as before', isWorse: false };
  const size = isShare
    ? ` ${(Math.abs(part) * 100).toFixed(1)} points`
    : before === 0
      ? ''
      : ` ${percent(Math.abs(part))}`;
  return {
    words: `${by > 0 ? '▲' : '▼'}${size} (before: ${show(before)})`,
    isWorse: isBad && part > (isShare ? WORSE_POINTS : WORSE_PART),
  };
}
