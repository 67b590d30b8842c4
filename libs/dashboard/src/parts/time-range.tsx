import { route, setParams } from '../state/route.js';

const RANGES = [
  ['1h', 'last hour'],
  ['24h', 'last day'],
  ['7d', 'last 7 days'],
  ['30d', 'last 30 days'],
] as const;

/** The range of a page, from its URL. */
export function sinceOf(fallback = '24h'): string {
  const wanted = route.value.params.get('since');
  return RANGES.find(([name]) => name === wanted)?.[0] ?? fallback;
}

export function TimeRange({ fallback = '24h' }: { fallback?: string }) {
  const since = sinceOf(fallback);
  return (
    <label class="range">
      Time{' '}
      <select
        value={since}
        onChange={({ currentTarget: { value } }) => setParams({ since: value === fallback ? undefined : value })}
      >
        {RANGES.map(([name, words]) => (
          <option key={name} value={name}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}
