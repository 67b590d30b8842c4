import { go, hrefWith, route } from '../state/route.js';
import { useUsefulRanges } from '../state/use-useful-ranges.js';

const RANGES = [
  ['1h', 'last hour'],
  ['24h', 'last day'],
  ['7d', 'last 7 days'],
  ['30d', 'last 30 days'],
] as const;

const NAMES = RANGES.map(([name]) => name);

/** The range of a page, from its URL. */
export function sinceOf(fallback = '24h'): string {
  const wanted = route.value.params.get('since');
  return NAMES.find((name) => name === wanted) ?? fallback;
}

/** The ranges that differ: there are traces between each and the one before. */
export function TimeRange({ fallback = '24h' }: { fallback?: string }) {
  const since = sinceOf(fallback);
  const useful = useUsefulRanges(NAMES, since);
  return (
    <label class="range">
      Time{' '}
      <select
        value={since}
        onChange={({ currentTarget: { value } }) => go(hrefWith({ since: value === fallback ? undefined : value }))}
      >
        {RANGES.filter(([name]) => useful.includes(name)).map(([name, words]) => (
          <option key={name} value={name}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}
