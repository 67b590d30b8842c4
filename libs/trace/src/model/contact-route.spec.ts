import { contactRoute } from './contact-route.js';

it.each(['+5215512344821', 'ana@example.com', '-abc', '👩‍🚀', 'a?b#c&d', '...', 'x'.repeat(100)])(
  '%j is a segment of the path',
  (id) => expect(contactRoute('contacts', id)).toEqual({ path: `contacts/${encodeURIComponent(id)}`, query: {} }),
);

it.each(['.', '..', 'group/1', 'a\\b', '100%25', 'x'.repeat(101), 'я'.repeat(20)])('%j goes into the query', (id) =>
  expect(contactRoute('quick-debug', id)).toEqual({ path: 'quick-debug', query: { contact_id: id } }),
);
