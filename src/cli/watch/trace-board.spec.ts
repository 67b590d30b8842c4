import type { StreamMessage, TraceListItem } from '../../../libs/trace/src/contract/responses.js';
import { ZonedStamp } from '../../../libs/trace/src/model/trace-id.js';
import { TraceBoard } from './trace-board.js';

const item = (n: number, more: Partial<TraceListItem> = {}): TraceListItem => ({
  trace_id: `ana_20240120_14302${n}_00000${n}`,
  contact_id: 'ana',
  started_at: `2024-01-20T14:30:2${n}.000000Z`,
  duration_ms: 1_200,
  status: 'active',
  message: `message ${n}`,
  errors: 0,
  events: 1,
  route: null,
  ...more,
});
const started = (n: number): StreamMessage => ({
  type: 'trace.started',
  id: '',
  data: { ...item(n), id: '', events_so_far: [] },
});
const failing = (n: number): StreamMessage =>
  ({
    type: 'trace.event',
    id: '',
    data: { ...item(n), event: { type: 'error', data: { message: 'no\u001b[2J slot' } } },
  }) as never;
const ended = (n: number, more: Partial<TraceListItem> = {}): StreamMessage => ({
  type: 'trace.ended',
  id: '',
  data: { ...item(n, { status: 'completed', ...more }), id: '' },
});

const layout = () => ({ width: 80, zone: new ZonedStamp('UTC'), now: Date.parse('2024-01-20T15:00:00Z') * 1000 });

/** What a screen shows after these texts: `ESC [nA`, `CR` and `ESC [J` are all that a board writes. */
function screen(texts: readonly string[]): string[] {
  const lines: string[] = [];
  for (const text of texts) {
    // oxlint-disable-next-line no-control-regex
    const [, up] = /^\u001b\[(\d+)A\r\u001b\[J/.exec(text) ?? [];
    if (up !== undefined) lines.splice(lines.length - Number(up));
    // oxlint-disable-next-line no-control-regex
    const rest = text.replace(/^\u001b\[\d+A\r\u001b\[J/, '');
    if (rest !== '') lines.push(...rest.replace(/\n$/, '').split('\n'));
  }
  return lines;
}

it('replaces the line of a trace that runs by its last line', () => {
  const board = new TraceBoard({ layout, rows: () => 24 });
  const texts = [started(1), started(2), failing(2)].map((message) => board.take(message));
  expect(screen(texts)).toEqual([
    '14:30:21 ⏳        … message 1                        ana_20240120_143021_000001',
    '14:30:22 ❌        … no␛[2J slot                      ana_20240120_143022_000002',
  ]);
  texts.push(board.take(ended(2, { status: 'error' })));
  expect(screen(texts)).toEqual([
    '14:30:22 ❌    1.2 s no␛[2J slot                      ana_20240120_143022_000002',
    '14:30:21 ⏳        … message 1                        ana_20240120_143021_000001',
  ]);
  texts.push(board.clear(), 'Lost the server\n', board.redraw([]), board.take(ended(1)));
  expect(screen(texts).map((line) => line.slice(0, 10))).toEqual(['14:30:22 ❌', 'Lost the s', '14:30:21 ✅']);
});

it('keeps the lines of running traces on one screen', () => {
  const board = new TraceBoard({ layout, rows: () => 5 });
  const texts = [1, 2, 3, 4].map((n) => board.take(started(n)));
  expect(
    screen(texts)
      .map((line) => line.split(/ +/).at(-1))
      .join(),
  ).toMatch(/run,ana_.*3,ana_.*4$/);
  expect(screen(texts)[0]).toBe('… and 2 more that run');
});

it('writes a line per trace when it ends where lines cannot be replaced', () => {
  const board = new TraceBoard({ layout, rows: () => undefined });
  const texts = [started(1), failing(1), ended(1, { status: 'error' }), started(2)].map((each) => board.take(each));
  expect(texts.slice(0, 2)).toEqual(['', '']);
  expect(texts[2]).toMatch(/^14:30:21 ❌ .* no␛\[2J slot .*000001\n$/);
  expect(texts[3]).toBe('');
  expect(board.last(item(2).trace_id)).toMatch(/^14:30:22 ⏳ .*message 2 .*000002\n$/);
});

it('never cuts an id: a text has less room, or none', () => {
  const trace_id = `${'c'.repeat(64)}_20240120_143022_000001`;
  const board = new TraceBoard({ layout, rows: () => undefined });
  const line = board.take({
    type: 'trace.ended',
    id: '',
    data: { ...item(1, { status: 'completed' }), id: '', trace_id },
  });
  expect(line).toBe(`14:30:21 ✅    1.2 s ${trace_id}\n`);
});
