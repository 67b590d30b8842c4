import { naughtyTrace } from '../../../../../test/support/big-trace.js';
import { exportTrace } from './export.js';
import { lastError } from './full-trace.js';
import { importTrace } from './import-trace.js';
import { renderHuman } from '../render/human/human.js';
import { renderJson } from '../render/json.js';
import { renderMarkdown } from '../render/markdown/markdown.js';

const trace = naughtyTrace(40);
const exported = exportTrace(trace);

it.each(['raw', 'pretty', 'envelope'] as const)('is the same to the byte after export and import: %s', (style) => {
  const written = {
    export: renderJson('export', exported, style),
    trace: renderJson('trace', trace, style),
    error: renderJson('error', lastError(trace), style),
  };
  for (const [kind, text] of Object.entries(written)) {
    const imported = importTrace(JSON.parse(text));
    expect(imported.kind).toBe(kind);
    expect(renderJson(imported.kind, imported.answer as never, style)).toBe(text);
  }
});

it('exports an imported full trace as the stored one is exported', () => {
  const imported = importTrace(JSON.parse(renderJson('trace', trace, 'raw')));
  expect(imported.kind).toBe('trace');
  const again = exportTrace(imported.answer as typeof trace);
  expect(renderJson('export', again, 'pretty')).toBe(renderJson('export', exported, 'pretty'));
});

it('keeps unknown keys', () => {
  const { answer } = importTrace({ ...exported, later: { key: 1 } });
  expect(answer).toMatchObject({ later: { key: 1 } });
});

it.each<[string, unknown, RegExp]>([
  ['a list', [], /no JSON object/],
  ['another object', { a: 1 }, /"trace_id" must be a text/],
  ['a strange status', { ...exported, status: 'fine' }, /"status" must be one of active/],
  ['lines that are no JSON', { ...exported, timeline: [1] }, /"timeline" must be a list of texts/],
  [
    'an error without a message',
    { ...exported, errors: [{ timestamp: '', location: '', type: '' }] },
    /"errors\[0\]\.message"/,
  ],
  ['an event without a number', { ...trace, events: [{}] }, /"events\[0\]\.seq" must be a number/],
  ['a caller that is none', { ...trace, caller: null }, /"caller" must be an object/],
  ['a caller without a span', { ...trace, caller: { sampled: true } }, /"caller\.span_id" must be a text or null/],
  ['a caller with a strange flag', { ...trace, caller: { span_id: null, sampled: 1 } }, /"caller\.sampled" must be/],
  ['baggage as an object', { ...trace, caller: { span_id: null, sampled: true, baggage: {} } }, /"caller\.baggage"/],
  ['a webhook that is none', { ...trace, webhook: [] }, /"webhook" must be an object/],
])('names the problem of %s', (_what, value, message) => {
  expect(() => importTrace(value)).toThrow(message);
  expect(() => importTrace(value)).toThrow(expect.objectContaining({ code: 'DATA_UNREADABLE' }));
});

it('refuses an envelope of a later version', () => {
  expect(() => importTrace({ schema: 2, ...exported })).toThrow(expect.objectContaining({ code: 'DATA_NEWER' }));
});

it('refuses values that no view can show', () => {
  const keys = Object.keys(trace);
  for (const key of keys) {
    for (const value of [undefined, null, 1, 'x', [], {}, [null]]) {
      let imported: ReturnType<typeof importTrace>;
      try {
        imported = importTrace({ ...trace, [key]: value });
      } catch {
        continue;
      }
      expect(() => renderHuman(imported.kind, imported.answer as never)).not.toThrow();
      expect(() => renderMarkdown(imported.kind, imported.answer as never)).not.toThrow();
    }
  }
});
