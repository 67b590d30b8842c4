import { eventOf } from '../../../../../test/support/full-trace-of.js';
import type { ErrorDto, EventDto, FullTraceResponse } from '../../contract/responses.js';
import { limitEvents } from './limit-events.js';

const events = (count: number, special: Record<number, Partial<EventDto>> = {}) =>
  Array.from({ length: count }, (_, n) => eventOf(n + 1, special[n + 1]));
const trace = (all: EventDto[]) =>
  ({
    trace_id: 'ana_1',
    timeline: all.map(() => 'line'),
    events: all,
    errors: all.filter(({ type, name }) => type === 'error' && name).map(({ name }) => ({ location: name })),
  }) as unknown as FullTraceResponse;
const seqs = (answer: FullTraceResponse) => answer.events.map(({ seq }) => seq);
const locations = ({ errors }: FullTraceResponse) => errors.map(({ location }: ErrorDto) => location);
const ERROR = { type: 'error', name: 'here' };

describe('a trace with limited events', () => {
  it('is unchanged when it has no more events', () => {
    const whole = trace(events(9));
    expect(limitEvents(whole, 9)).toBe(whole);
  });

  it('has its beginning, its end and its errors in order, and the number of missing ones', () => {
    const limited = limitEvents(trace(events(100, { 50: ERROR })), 9);
    expect(seqs(limited)).toEqual([1, 2, 3, 50, 98, 99, 100]);
    expect(limited).toMatchObject({ left_out: { events: 93, errors: 0 }, timeline: [] });
  });

  it('has the spans around these events, and no others', () => {
    const limited = limitEvents(
      trace(
        events(100, {
          40: { type: 'agent', name: 'sofia', span_id: 'a' },
          41: { type: 'tool', name: 'book', span_id: 'b', parent_span_id: 'a' },
          42: { type: 'tool', name: 'other', span_id: 'c', parent_span_id: 'a' },
          50: { ...ERROR, span_id: 'b' },
        }),
      ),
      3,
    );
    expect(seqs(limited)).toEqual([1, 40, 41, 50, 100]);
  });

  it('keeps the first errors with their events, and no later ones', () => {
    const special = Object.fromEntries([10, 20, 30, 99, 100].map((seq) => [seq, { type: 'error', name: `e${seq}` }]));
    const limited = limitEvents(trace(events(100, special)), 6);
    expect(locations(limited)).toEqual(['e10', 'e20']);
    expect(seqs(limited)).toEqual([1, 2, 10, 20]);
    expect(limited.left_out).toEqual({ events: 96, errors: 3 });
  });

  it('stops where a span is its own ancestor', () => {
    const loop = { type: 'tool', name: 'book', span_id: 'a', parent_span_id: 'a' };
    expect(seqs(limitEvents(trace(events(10, { 5: loop, 10: { ...ERROR, span_id: 'a' } })), 3))).toEqual([1, 5, 10]);
  });
});
