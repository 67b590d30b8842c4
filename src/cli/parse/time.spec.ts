import { parseMoment } from './time.js';

const NOW = Date.UTC(2026, 0, 31, 12);

describe('parseMoment', () => {
  it.each([
    ['90s', NOW - 90_000],
    ['30m', NOW - 1_800_000],
    ['2h', NOW - 7_200_000],
    ['1d12h', NOW - 129_600_000],
    ['1.5h', NOW - 5_400_000],
    ['1w', NOW - 604_800_000],
    ['2026-01-30T10:00:00Z', Date.UTC(2026, 0, 30, 10)],
    ['2026-01-30T10:00+02:00', Date.UTC(2026, 0, 30, 8)],
    ['2026-01-30T10:00', new Date(2026, 0, 30, 10).getTime()],
    ['2026-01-30 10:00:30', new Date(2026, 0, 30, 10, 0, 30).getTime()],
    ['2026-01-30', new Date(2026, 0, 30).getTime()],
    ['1769767200000', 1769767200000],
  ])('%s', (text, ms) => {
    expect(parseMoment(text, NOW)).toBe(ms * 1000);
  });

  it.each([
    '',
    '2',
    'h',
    '-2h',
    '2y',
    '2h ago',
    'yesterday',
    '2026-02-31',
    '2026-13-01',
    '2026-01-30T25:00',
    '1e3s',
    '9999999w',
  ])('refuses %j, and says what it takes', (text) => {
    expect(() => parseMoment(text, NOW)).toThrow(/how long ago/);
  });
});
