import type { EventDto } from '../api/responses.js';
import { byteSize } from '../format/bytes.js';
import { asCurl, firstWebhook } from '../format/curl.js';
import { jsonPath } from '../format/json-path.js';
import { duration, preciseMs } from '../format/time.js';
import { oneLine, visible } from '../format/visible.js';
import { criticalPath } from './critical-path.js';
import { restoreValues, knownEvents, largeValueOf } from './restore-values.js';
import { find } from './find.js';
import { hintLinks } from './hint-links.js';
import { LargeValue } from './large-value.js';
import { crumbs } from './routing.js';
import { searchTerm, withTerm } from './search-term.js';
import { causeStacks, stackLines } from './stack-lines.js';
import { traceLog } from './trace-log.js';
import { windows } from './windows.js';

const START = '2024-01-20T14:30:22.123456Z';
const event = (seq: number, fields: Partial<EventDto>): EventDto => ({
  seq,
  timestamp: START,
  type: 'step',
  name: null,
  span_id: null,
  parent_span_id: null,
  duration_ms: null,
  data: null,
  ...fields,
});
const span = (seq: number, id: string, parent: string | null = null) =>
  event(seq, { type: 'tool', name: id, span_id: id, parent_span_id: parent, duration_ms: 1 });

describe('traceLog', () => {
  const log = (events: EventDto[], errors: never[] = []) =>
    traceLog({ events, errors, started_at: START, status: 'completed' });

  it('shows points inside the step in which they happened', () => {
    const entries = log([span(1, 'a'), span(2, 'b', 'a'), event(3, { span_id: 'b' })]);
    expect(entries.map(({ depth }) => depth)).toEqual([0, 1, 2]);
    expect(entries[2]!.ancestors).toEqual(['a', 'b']);
  });

  it('marks every step around an error as failed', () => {
    const entries = log([
      span(1, 'a'),
      span(2, 'b', 'a'),
      span(3, 'c'),
      event(4, { type: 'error', name: 'x', span_id: 'b' }),
    ]);
    expect(entries.map(({ failed }) => failed)).toEqual([true, true, false, false]);
  });

  it('survives steps that are their own ancestors, or whose parent is lost', () => {
    expect(log([span(1, 'a', 'b'), span(2, 'b', 'a'), span(3, 'c', 'gone')]).map(({ depth }) => depth)).toEqual([
      2, 2, 0,
    ]);
  });

  it('sorts by time, exact to the microsecond', () => {
    const at = (micros: string) => `2024-01-20T14:30:22.${micros}Z`;
    const entries = log([event(1, { timestamp: at('123458') }), event(2, { timestamp: at('123457') })]);
    expect(entries.map(({ event: { seq } }) => seq)).toEqual([2, 1]);
    expect(entries[1]!.offset).toBeCloseTo(0.002, 3);
  });

  it.each([
    ['of two contacts', ['ana', 'beto'], 'hola (ana) · [audio] (beto)'],
    ['of one contact', ['ana', 'ana'], 'hola · [audio]'],
  ])('shows both messages %s in one POST', (_, [first, second], title) => {
    const messages = [
      { contact: first, message: 'hola', media: 'text' },
      { contact: second, media: 'audio' },
    ];
    expect(log([event(1, { type: 'webhook_received', data: { message: 'hola', messages } })])[0]!.title).toBe(title);
  });

  it('searches all recorded data, ignores case, and compares values rather than their JSON', () => {
    const entries = log([event(1, { data: { text: 'He said "Yes"' } }), event(2, { data: [1, { deep: 'needle' }] })]);
    expect([find(entries, 'said "yes"'), find(entries, 'NEEDLE'), find(entries, 'deep'), find(entries, ' ')]).toEqual([
      [0],
      [1],
      [1],
      [],
    ]);
  });
});

describe('large values', () => {
  const source = { load: () => Promise.reject(new Error('never')) };
  const stub = { omitted: true, type: 'string', bytes: 20_000, preview: 'needle…' };
  const parts = (events: EventDto[], rest: object) =>
    ({ trace_id: 't', events, errors: [], webhook: { body: null }, ...rest }) as never;
  const lean = parts([event(1, { data: { text: stub, n: 1 } }), event(2, { type: 'error', name: 'x', data: stub })], {
    errors: [{ cause: null, context: stub }],
    omitted: [
      { seq: 1, path: ['event', 'data', 'text'], bytes: 20_000 },
      { seq: 2, path: ['error', 'context'], bytes: 20_000 },
    ],
  });

  it('replace the stubs of omitted values, and nothing that only resembles a stub', () => {
    const { trace, missing } = restoreValues(lean, new Map(), source);
    expect(missing).toBe(2);
    expect(trace).not.toHaveProperty('omitted');
    expect(largeValueOf(trace.events[0]!)).toBeInstanceOf(LargeValue);
    expect(largeValueOf(trace.events[1]!)).toBeUndefined();
    expect(largeValueOf(trace.events[1]!, trace.errors[0])).toBeInstanceOf(LargeValue);
    expect(trace.events[1]!.data).toEqual(stub);
    expect(JSON.stringify(trace.events[0]!.data)).toBe('{"text":"needle…","n":1}');
  });

  it('become the whole value once it is loaded', () => {
    const whole = parts([event(1, { data: { text: 'whole', n: 1 } }), event(2, { type: 'error', name: 'x' })], {
      errors: [{ cause: null, context: ['all'] }],
    });
    const { trace, missing } = restoreValues(lean, knownEvents(whole), source);
    expect([missing, trace.events[0]!.data, trace.errors[0]!.context]).toEqual([0, { text: 'whole', n: 1 }, ['all']]);
  });

  it('keep the stub of a value that an event did not have yet when it was loaded', () => {
    const early = parts([event(1, { data: { n: 1 } })], {});
    expect(restoreValues(lean, knownEvents(early), source).missing).toBe(2);
  });

  it.each<[number, string]>([
    [640, '640 B'],
    [16_640, '17 KB'],
    [999_600, '1.00 MB'],
    [4_980_002, '4.98 MB'],
    [12_300_000, '12.3 MB'],
  ])('shows %d bytes as %s', (bytes, text) => expect(byteSize(bytes)).toBe(text));
});

describe('stackLines', () => {
  it('finds the source line of a frame with any indentation', () => {
    const found = { frame: 'at book (dist/a.js:1:2)', file: 'src/a.ts', line: 3, column: 4, code: 'x()' };
    const lines = stackLines('Error: no\n    at book (dist/a.js:1:2)\r\n    at node:x', [found]);
    expect(lines.map((line) => line.found)).toEqual([undefined, found, undefined]);
    expect(causeStacks([{ stack: 'one' }, 'two', null, { stack: 3 }])).toEqual(['one']);
    expect(causeStacks(null)).toEqual([]);
  });
});

describe('criticalPath', () => {
  const bar = (id: string, start: number, end: number, parent: string | null = null) => ({ id, parent, start, end });

  it('contains the steps that the trace waited for', () => {
    const bars = [bar('a', 0, 100), bar('b', 0, 60, 'a'), bar('c', 0, 30, 'a'), bar('d', 60, 100, 'a')];
    expect([...criticalPath(bars)].sort()).toEqual(['a', 'b', 'd']);
  });

  it('handles steps without a parent, and ends on cycles', () => {
    expect([...criticalPath([bar('a', 0, 10), bar('b', 10, 20)])].sort()).toEqual(['a', 'b']);
    expect(criticalPath([bar('a', 0, 10, 'b'), bar('b', 0, 10, 'a')]).size).toBe(0);
  });
});

describe('hintLinks', () => {
  const links = hintLinks({
    trace_id: 'ana_20240120_143022_123456',
    contact_id: '5215512344821',
    events: [span(1, 'prepare_quote'), span(2, 'reply'), event(3, { type: 'error', name: 'x.y(z)' })],
    errors: [{ location: 'x.y(z)' }],
  } as never);
  const linked = (line: string) => links(line).flatMap(({ text, to }) => (to ? [[text, to]] : []));

  it('link traces, contacts, the location of an error and steps', () => {
    const line = 'Error in x.y(z): see 5215512344821, prepare_quote and ben_20240120_143022_000001.';
    expect(linked(line)).toEqual([
      ['x.y(z)', { step: 3 }],
      ['5215512344821', { contact: '5215512344821' }],
      ['prepare_quote', { step: 1 }],
      ['ben_20240120_143022_000001', { trace: 'ben_20240120_143022_000001' }],
    ]);
    expect(
      links(line)
        .map(({ text }) => text)
        .join(''),
    ).toBe(line);
  });

  it('link no ordinary word, no part of a word, and not the trace itself', () =>
    expect(linked('No reply; prepare_quotes took long in ana_20240120_143022_123456')).toEqual([]));
});

describe('windows', () => {
  const none = { important: [], targets: [], opened: [] };
  it('shows all of 2,000 rows', () => {
    expect(windows(2_000, none)).toEqual([{ kind: 'rows', from: 0, to: 2_000 }]);
    expect(windows(0, none)).toEqual([]);
  });

  it('shows the ends, the important rows, and gaps for all the others of more rows', () => {
    const parts = windows(10_000, { important: [5_000, 5_001], targets: [7_000], opened: [{ from: 120, to: 600 }] });
    expect(parts.map(({ kind }) => kind)).toEqual(['rows', 'gap', 'rows', 'gap', 'rows', 'gap', 'rows']);
    expect(parts[0]).toEqual({ kind: 'rows', from: 0, to: 600 });
    expect(parts[2]).toEqual({ kind: 'rows', from: 4_999, to: 5_003 });
    for (const [index, { from }] of parts.entries()) expect(from).toBe(parts[index - 1]?.to ?? 0);
    expect(parts.at(-1)!.to).toBe(10_000);
  });
});

describe('asCurl', () => {
  const webhook = (body: unknown, path = '/webhook') => ({ webhook: { method: 'POST', path, body } as never });

  it('quotes the body so that no shell interprets it', () => {
    const command = asCurl(webhook({ text: `it's $(reboot) \`x\` "\\` }), 'http://localhost:1');
    expect(command).toContain(String.raw`it'\''s $(reboot)`);
    expect(command.split('\n')[0]).toBe(`curl -X POST 'http://localhost:1/webhook' \\`);
  });

  it('replaces hidden secrets by variables that must be set', () => {
    const command = asCurl(webhook({ a: '[REDACTED]', b: '[REDACTED]' }), 'http://x');
    expect(command).toContain(`"\${SECRET_1:?}"`);
    expect(command).toContain(`"\${SECRET_2:?}"`);
    expect(command).toMatch(/^# .*SECRET_1, SECRET_2\n/);
  });

  it.each(['//evil.example/x', 'https://evil.example/', '/\\evil.example'])('keeps the host for the path %s', (path) =>
    expect(asCurl(webhook(null, path), 'http://x')).toMatch(/^curl -X POST 'http:\/\/x\//),
  );

  it('builds the command for the first webhook', () =>
    expect(firstWebhook(new URL('http://x/api/debug/'))).toContain(`'http://x/api/webhook'`));
});

describe('texts', () => {
  it.each<[string, string]>([
    ['a\u202eb', 'a\\u{202e}b'],
    ['\u001b[31m', '␛[31m'],
    ['a\nb\tc', 'a\nb\tc'],
    ['👨‍👩‍👧', '👨‍👩‍👧'],
    ['a\u200bb', 'a\\u{200b}b'],
  ])('shows the invisible characters in %j', (text, shown) => expect(visible(text)).toBe(shown));

  it('cuts between characters', () => expect(oneLine('👍👍👍', 2)).toBe('👍👍…'));
  it.each<[number, string]>([
    [0, '0 ms'],
    [0.02, '<0.1 ms'],
    [999.4, '999 ms'],
    [999.6, '1.00 s'],
    [3247, '3.25 s'],
    [60_000, '1:00 min'],
    [3_600_000, '1:00 h'],
  ])('shows %d ms as %s', (ms, text) => expect(duration(ms)).toBe(text));
  it('keeps microseconds', () => expect(preciseMs(START) % 1000).toBeCloseTo(123.456, 3));
  it('writes paths in the syntax of jq', () => expect(jsonPath(['a', 0, 'b c', 'd'])).toBe('a[0]["b c"].d'));
  it('counts how often each route led to an outcome', () =>
    expect(crumbs('s → m → c → m')).toEqual([
      { name: 's', visits: 1 },
      { name: 'm', visits: 2 },
      { name: 'c', visits: 1 },
    ]));
});

describe('search terms', () => {
  it.each<[string, unknown, string | undefined]>([
    ['contact_id', 'ana', 'contact:ana'],
    ['tool', 'two words', 'tool:"two words"'],
    ['other', 'x "y" z', '"x y z"'],
    ['other', 7, '"7"'],
    ['other', null, undefined],
    ['other', ' ', undefined],
  ])('converts %s %j to %s', (key, value, term) => expect(searchTerm([key], value)).toBe(term));

  it('are added once: a new term replaces the old one', () => {
    expect(withTerm('contact:ana "a b" x', 'contact:ben')).toBe('"a b" x contact:ben');
    expect(withTerm('"a b"', '"a b"')).toBe('"a b"');
  });
});
