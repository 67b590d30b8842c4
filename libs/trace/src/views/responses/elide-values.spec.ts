import { eventOf } from '../../../../../test/support/full-trace-of.js';
import type { ErrorDto, EventDto, FullTraceResponse } from '../../contract/responses.js';
import { elideValues } from './elide-values.js';

const LARGE = 'x'.repeat(5_000);
const error = (fields: Partial<ErrorDto>) => ({ message: 'm', cause: null, context: null, ...fields }) as ErrorDto;
const trace = (events: EventDto[], errors: ErrorDto[] = [], body: unknown = null) =>
  ({ trace_id: 'ana_1', events, errors, webhook: { body } }) as unknown as FullTraceResponse;

describe('a trace without its large values', () => {
  it('is the same object if there are none', () => {
    const small = trace([eventOf(1, { data: { text: 'hola' } }), eventOf(2, { data: 'x'.repeat(998) })]);
    expect(elideValues(small, 1_000)).toBe(small);
  });

  it('keeps small values next to large ones', () => {
    const { events, omitted } = elideValues(trace([eventOf(3, { data: { n: 1, text: LARGE } })]), 1_000);
    expect(events[0]!.data).toEqual({
      n: 1,
      text: { omitted: true, type: 'string', bytes: 5_002, preview: 'x'.repeat(200), event: 'trace/ana_1/events/3' },
    });
    expect(omitted).toEqual([{ seq: 3, path: ['event', 'data', 'text'], bytes: 5_002 }]);
  });

  it.each<[string, unknown, string]>([
    ['a text', LARGE, 'string'],
    ['a list', [LARGE], 'array'],
    ['many small members', Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`key ${n}`, n])), 'object'],
  ])('replaces the data as a whole: %s', (_what, data, type) => {
    const { events, omitted } = elideValues(trace([eventOf(3, { data })]), 1_000);
    expect(events[0]!.data).toMatchObject({ omitted: true, type });
    expect(omitted).toMatchObject([{ seq: 3, path: ['event', 'data'], bytes: JSON.stringify(data).length }]);
  });

  it('replaces input and output of a span one by one, and never its outcome', () => {
    const span = eventOf(4, {
      type: 'tool',
      name: 'book',
      span_id: 'a',
      data: { input: 'x'.repeat(700), output: LARGE },
    });
    const { events } = elideValues(trace([{ ...span, data: { ...(span.data as object), outcome: 'error' } }]), 1_000);
    expect(events[0]!.data).toEqual({
      input: 'x'.repeat(700),
      output: expect.objectContaining({ omitted: true }),
      outcome: 'error',
    });
  });

  it("replaces an error's cause and context, and the webhook's body", () => {
    const events = [
      eventOf(1, { type: 'webhook_received' }),
      eventOf(2, { type: 'error', data: { of: 'the application' } }),
      eventOf(5, { type: 'error', name: 'here' }),
      eventOf(6, { type: 'error', name: 'there' }),
    ];
    const errors = [error({}), error({ cause: { message: LARGE }, context: { lead: LARGE } })];
    const elided = elideValues(trace(events, errors, { body: LARGE }), 1_000);
    expect(elided.omitted?.map(({ seq, path }) => `${seq} ${path.join('.')}`)).toEqual([
      '6 error.cause',
      '6 error.context',
      '1 webhook.body',
    ]);
    expect(elided.errors[0]).toBe(errors[0]);
    expect(elided.webhook.body).toMatchObject({ omitted: true, event: 'trace/ana_1/events/1' });
  });

  it('counts bytes of JSON, not characters', () => {
    const data = 'é'.repeat(600);
    expect(elideValues(trace([eventOf(1, { data })]), 1_201).omitted).toEqual([
      { seq: 1, path: ['event', 'data'], bytes: 1_202 },
    ]);
    expect(elideValues(trace([eventOf(1, { data })]), 1_202).omitted).toBeUndefined();
  });

  it('does not list data that looks like a stub, and accepts members of any name', () => {
    const forged = { omitted: true, type: 'string', bytes: 9, event: '//evil.example' };
    const data = JSON.parse(`{"__proto__": "${LARGE}", "forged": ${JSON.stringify(forged)}}`) as object;
    const { events, omitted } = elideValues(trace([eventOf(1, { data })]), 1_000);
    expect(omitted?.map(({ path }) => path)).toEqual([['event', 'data', '__proto__']]);
    expect(Object.keys(events[0]!.data as object)).toEqual(['__proto__', 'forged']);
  });

  it('cuts a text between characters', () => {
    const { events } = elideValues(trace([eventOf(1, { data: `x${'👍'.repeat(3_000)}` })]), 1_000);
    expect((events[0]!.data as { preview: string }).preview).toBe(`x${'👍'.repeat(99)}`);
  });
});
