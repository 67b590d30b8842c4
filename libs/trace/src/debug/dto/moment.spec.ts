import { asMoment } from './moment.js';

const NOW = Date.UTC(2024, 0, 20, 14, 30, 22, 500);
const read = asMoment(() => NOW);

it.each([
  ['2h', NOW - 7_200_000],
  ['30m', NOW - 1_800_000],
  ['7d', NOW - 604_800_000],
  ['1.5h', NOW - 5_400_000],
  ['250ms', NOW - 250],
  ['0s', NOW],
  ['2w', NOW - 14 * 86_400_000],
  ['1705761022500', NOW],
  ['0', 0],
  ['2024-01-20', Date.UTC(2024, 0, 20)],
  ['2024-02-29', Date.UTC(2024, 1, 29)],
  ['2024-01-20T14:30Z', Date.UTC(2024, 0, 20, 14, 30)],
  ['2024-01-20T14:30:22.5Z', NOW],
  ['2024-01-20T16:30:22.5+02:00', NOW],
  ['2024-01-20T16:30:22.5 02:00', NOW],
  ['2024-01-20T14:30:22', new Date(2024, 0, 20, 14, 30, 22).getTime()],
])('%s', (text, ms) => expect(read(text)).toBe(ms * 1000));

it('keeps microseconds', () => expect(read('2024-01-20T14:30:22.123456789Z')).toBe(1705761022123456));

it.each([
  '',
  'now',
  '-1',
  '1e3',
  '2024-13-01',
  '2024-02-30',
  '2023-02-29',
  '2024-01-20T25:00Z',
  '20/01/2024',
  '2h ago',
  '9'.repeat(14),
  '2 h',
])('%j is given back, for the validator to refuse', (text) => {
  expect(read(text)).toBe(text);
});
