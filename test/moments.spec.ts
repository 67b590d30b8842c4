import { ZonedStamp } from '../libs/trace/src/model/trace-id.js';
import { PARAMETERS } from '../libs/trace/src/contract/parameters.js';
import { QUESTIONS } from '../libs/trace/src/contract/questions.js';
import { readParameter } from '../libs/trace/src/contract/read-parameter.js';
import { readQuestion } from '../libs/trace/src/debug/dto/read-question.js';
import { callTool } from '../libs/trace/src/mcp/mcp-tool.js';
import { statsTool } from '../libs/trace/src/mcp/tools/stats.tool.js';
import { MOMENT_HELP } from '../libs/trace/src/model/time.js';
import { parseSearch } from '../libs/trace/src/query/search/search-grammar.js';
import { resolveRange } from '../libs/trace/src/query/search/time-range.js';
import { parseParameter } from '../src/cli/framework/parameter-option.js';

/** 2026-03-10 14:30:22.5 UTC. */
const NOW = Date.UTC(2026, 2, 10, 14, 30, 22, 500);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

type End = 'since' | 'until';
const context = (timeZone: string) => ({ now: NOW * 1000, zone: new ZonedStamp(timeZone) });

/** The microseconds that a surface reads from the text; the query resolves times that need a zone. */
const SURFACES: Record<string, (text: string, end: End, timeZone: string) => number | undefined> = {
  'REST, MCP and the command line': (text, end, zone) =>
    resolveRange({ [end]: readParameter(PARAMETERS[end], text, NOW) }, context(zone))[end],
  'the search box': (text, end, zone) => parseSearch({ q: `${end}:"${text}"` }, context(zone))[end],
  TraceService: (text, end, zone) => resolveRange({ [end]: text }, context(zone))[end],
};

/** The same on each surface. */
function read(text: string, end: End, timeZone = 'UTC'): number {
  const seen = Object.values(SURFACES).map((surface) => surface(text, end, timeZone));
  expect(new Set(seen).size).toBe(1);
  return seen[0]! / 1000;
}

describe('a time is the same on the command line, over REST, over MCP and in the search box', () => {
  const forms: [text: string, ms: number][] = [
    ['0s', NOW],
    ['250ms', NOW - 250],
    ['90s', NOW - 90_000],
    ['30m', NOW - 30 * MINUTE],
    ['30min', NOW - 30 * MINUTE],
    ['2h', NOW - 2 * HOUR],
    ['2H', NOW - 2 * HOUR],
    ['2 h', NOW - 2 * HOUR],
    ['1.5h', NOW - 90 * MINUTE],
    ['7d', NOW - 7 * DAY],
    ['2w', NOW - 14 * DAY],
    ['1d12h', NOW - 36 * HOUR],
    ['1h30m15s', NOW - 90 * MINUTE - 15_000],
    ['0', 0],
    ['1773153022500', NOW],
    ['2026-03-10T14:30:22.5Z', NOW],
    ['2026-03-10T14:30:22,5z', NOW],
    ['2026-03-10T16:30:22.5+02:00', NOW],
    ['2026-03-10T16:30:22.5+0200', NOW],
    // A `+` that a client did not escape.
    ['2026-03-10T16:30:22.5 02:00', NOW],
    ['2026-03-10T09:00:22.5-05:30', NOW],
    ['2026-03-10 14:30Z', NOW - 22_500],
    ['2026-03-10T14:30', NOW - 22_500],
    ['2026-03-10 14:30:22', NOW - 500],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
    ['14:30', NOW - 22_500],
    ['14:30:22', NOW - 500],
    // Later than now, so it is yesterday's.
    ['14:31', Date.UTC(2026, 2, 9, 14, 31)],
    ['9:05', Date.UTC(2026, 2, 10, 9, 5)],
    ['00:00', Date.UTC(2026, 2, 10)],
  ];

  it.each(forms)('%s', (text, ms) => expect(read(text, 'since')).toBe(ms));

  it('keeps microseconds', () =>
    expect(SURFACES.TraceService!('2026-03-10T14:30:22.123456789Z', 'since', 'UTC')).toBe(1773153022123456));

  it.each<[text: string, zone: string, since: number, until: number]>([
    ['2026-03-10', 'UTC', Date.UTC(2026, 2, 10), Date.UTC(2026, 2, 11) - 0.001],
    ['2026-03-10', 'America/Mexico_City', Date.UTC(2026, 2, 10, 6), Date.UTC(2026, 2, 11, 6) - 0.001],
    ['2026-03-10', 'Asia/Kolkata', Date.UTC(2026, 2, 9, 18, 30), Date.UTC(2026, 2, 10, 18, 30) - 0.001],
    ['2026-03-10', 'Pacific/Kiritimati', Date.UTC(2026, 2, 9, 10), Date.UTC(2026, 2, 10, 10) - 0.001],
    // 23 hours: summer time begins on that day; and 25.
    ['2026-03-29', 'Europe/Berlin', Date.UTC(2026, 2, 28, 23), Date.UTC(2026, 2, 29, 22) - 0.001],
    ['2026-10-25', 'Europe/Berlin', Date.UTC(2026, 9, 24, 22), Date.UTC(2026, 9, 25, 23) - 0.001],
    ['2026-12-31', 'Pacific/Auckland', Date.UTC(2026, 11, 30, 11), Date.UTC(2026, 11, 31, 11) - 0.001],
    // No midnight: clocks went from 23:59 to 01:00.
    ['2018-11-04', 'America/Sao_Paulo', Date.UTC(2018, 10, 4, 3), Date.UTC(2018, 10, 5, 2) - 0.001],
    ['2026-03-10T14:30', 'America/Mexico_City', Date.UTC(2026, 2, 10, 20, 30), Date.UTC(2026, 2, 10, 20, 30)],
    // Skipped by the clocks: later by the skipped time.
    ['2026-03-29T02:30', 'Europe/Berlin', Date.UTC(2026, 2, 29, 1, 30), Date.UTC(2026, 2, 29, 1, 30)],
    // Occurs twice: the first.
    ['2026-10-25T02:30', 'Europe/Berlin', Date.UTC(2026, 9, 25, 0, 30), Date.UTC(2026, 9, 25, 0, 30)],
    ['08:00', 'America/Mexico_City', Date.UTC(2026, 2, 10, 14), Date.UTC(2026, 2, 10, 14)],
    ['08:31', 'America/Mexico_City', Date.UTC(2026, 2, 9, 14, 31), Date.UTC(2026, 2, 9, 14, 31)],
    ['2h', 'America/Mexico_City', NOW - 2 * HOUR, NOW - 2 * HOUR],
    ['2026-03-10T14:30:22.5Z', 'Asia/Kolkata', NOW, NOW],
  ])('%s in %s', (text, zone, since, until) => {
    expect([read(text, 'since', zone), read(text, 'until', zone)]).toEqual([since, until]);
  });
});

describe('texts that are no time', () => {
  const wrong =
    '|now|yesterday|-1|-2h|1e3|1e3s|2|h|2y|2h ago|9999999w|1773153022|17731530225000000|20/01/2026|2026-13-01|2026-02-30|' +
    '2023-02-29|2026-00-10|2026-03-10T25:00Z|2026-03-10T14:60|24:00|14:3|14:30Z|2026-03-10Z|２０２６-03-10';

  it.each(wrong.split('|'))('every surface refuses %j, with the value and the allowed forms', async (text) => {
    expect(() => SURFACES['TraceService']!(text, 'since', 'UTC')).toThrow(MOMENT_HELP);
    expect(() => parseParameter(PARAMETERS.since, text)).toThrow(text === '' ? 'It is empty' : MOMENT_HELP);
    const askNothing = () => Promise.reject(new Error('asked'));
    await expect(callTool(statsTool, { since: text }, askNothing)).rejects.toThrow(MOMENT_HELP);
    if (text === '') return;
    // Quotes end the value of a search term.
    expect(() => SURFACES['the search box']!(text, 'since', 'UTC')).toThrow(`since:${text} is no time`);
    const request = { originalUrl: `/debug/stats?since=${encodeURIComponent(text)}` };
    expect(() => readQuestion(QUESTIONS.stats, request as never)).toThrow(`"since" is "${text}"; give ${MOMENT_HELP}`);
  });
});

it('an end before its beginning is refused, also where only the zone shows it', () => {
  for (const range of [
    { since: '1h', until: '2h' },
    { since: '2026-03-10', until: '2026-03-09T23:59' },
  ]) {
    expect(() => resolveRange(range, context('America/Mexico_City'))).toThrow('"until" is before "since"');
  }
  expect(() => resolveRange({ since: '2026-03-10', until: '2026-03-10' }, context('UTC'))).not.toThrow();
});
