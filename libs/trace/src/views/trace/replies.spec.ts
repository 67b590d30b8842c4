import { Story } from '../../../../../test/support/story.js';
import type { StoredTrace } from '../../model/trace.js';
import { ZonedStamp } from '../../model/trace-id.js';
import { defineEventTypes } from '../events/event-types.js';
import { assemble } from './assemble.js';
import { repliesOf, sentDespite } from './replies.js';
import { summarize } from './summary.js';
import { timeline } from './timeline.js';

const types = defineEventTypes({});

/** A trace with these `message_sent` events; those with `again` are second records. */
function traceOf(...sent: (Record<string, unknown> & { again?: true })[]): StoredTrace {
  const story = new Story().open().identify();
  for (const { again, ...data } of sent) story.event('message_sent', data, again && { facts: { again } });
  return story.stored();
}

const shown = (trace: StoredTrace): unknown[] =>
  repliesOf(assemble(trace)).map(({ text, channel, messageId }) => [text, channel, messageId]);

describe('the replies of a trace', () => {
  it('counts and shows a reply that has two records once, with what both have', () => {
    const trace = traceOf(
      { message: 'Hola' },
      { message: 'Hola', channel: 'whatsapp', message_id: 'wamid.1', via: 'http', again: true },
    );
    expect(trace.head.counts).toEqual({ replies: 1 });
    expect(shown(trace)).toEqual([['Hola', 'whatsapp', 'wamid.1']]);
    const lines = timeline(assemble(trace), types, new ZonedStamp('UTC'));
    expect(lines.filter((line) => line.includes('Sent'))).toHaveLength(1);
  });

  it('shows an edited reply with its last text', () => {
    const trace = traceOf(
      { message: '…', message_id: '9', via: 'http' },
      { message: 'Hola', message_id: '9', via: 'http', edited: true, again: true },
    );
    expect(shown(trace)).toEqual([['Hola', undefined, '9']]);
    expect(summarize(assemble(trace), types)).toMatchObject({ message_sent: true, response_preview: 'Hola' });
  });

  it('previews the last reply, not the last record', () => {
    const trace = traceOf(
      { message: 'Uno', via: 'http' },
      { message: 'Dos', via: 'http' },
      { message: 'Uno', again: true },
    );
    expect(summarize(assemble(trace), types).response_preview).toBe('Dos');
  });

  it('survives a second record whose first is lost', () => {
    expect(shown(traceOf({ message: 'Hola', again: true }))).toEqual([]);
  });

  it.each([
    ['nothing else', [], undefined],
    ['another text', [{ message: 'Adiós' }], undefined],
    ['the code says that it was sent', [{ message: 'Hola' }], 'recorded'],
    ['a later attempt', [{ message: 'Hola', via: 'http' }], 'accepted'],
    [
      'a later attempt of what the code recorded',
      [{ message: 'Hola' }, { message: 'Hola', via: 'http', again: true }],
      'accepted',
    ],
  ] as const)('beside a refusal: %s', (_what, sent, expected) => {
    expect(sentDespite(assemble(traceOf(...sent)), { message: 'Hola', code: '131047' })).toBe(expected);
  });
});
