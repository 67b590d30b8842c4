import { requestOf } from './request-of.js';
import { QUESTIONS } from './questions.js';

const { contact, conversation, trace, traces } = QUESTIONS;
const target = (contact_id: string) => requestOf(contact, { contact_id }).target;

it.each(['+5215512344821', 'ana@example.com', '-abc', '👩‍🚀', 'a?b#c&d', '...', 'x'.repeat(100)])(
  'the contact %j is a segment of the path',
  (id) => expect(target(id)).toBe(`contacts/${encodeURIComponent(id)}`),
);

it.each(['.', '..', 'group/1', 'a\\b', '100%25', 'x'.repeat(101), 'я'.repeat(20)])(
  'the contact %j is in the query',
  (id) => expect(target(id)).toBe(`contacts?${new URLSearchParams({ contact_id: id })}`),
);

it('writes times, lists and numbers as REST reads them, and omits absent ones', () => {
  const asked = traces.asked({
    since: 1_705_761_022_123_456,
    until: '2024-01-20',
    status: ['error', 'timeout'],
    limit: 5,
  });
  expect(requestOf(traces, asked).target).toBe(
    'traces?limit=5&status=error%2Ctimeout&since=2024-01-20T14%3A30%3A22.123Z&until=2024-01-20',
  );
  expect(requestOf(conversation, { contact_id: 'ana', limit: 3 })).toEqual({
    method: 'GET',
    target: 'contacts/ana/conversation?limit=3',
  });
});

it.each(['.', '..'])('no trace has the id %j: clients would resolve it as a folder', (id) =>
  expect(() => requestOf(trace, { id })).toThrow(expect.objectContaining({ code: 'TRACE_NOT_FOUND' })),
);
