import type { Dialect } from './dialect.js';
import { at, compact, firstAt, header, idOf, textOf } from './fields.js';

/** GitHub: the event's name is in a header, its action in the body; the contact is who did it. */
export const github: Dialect = {
  name: 'github',
  match: ({ headers }) => header(headers, 'x-github-event') !== undefined,
  extract({ headers, body }) {
    const event = textOf(header(headers, 'x-github-event'));
    const action = textOf(at(payloadOf(body), 'action'));
    return [
      compact({
        contactId: firstAt(
          payloadOf(body),
          [
            ['sender', 'login'],
            ['pusher', 'name'],
            ['repository', 'full_name'],
          ],
          idOf,
        ),
        message: firstAt(
          payloadOf(body),
          [
            ['comment', 'body'],
            ['review', 'body'],
            ['issue', 'title'],
            ['pull_request', 'title'],
            ['head_commit', 'message'],
            ['release', 'name'],
            ['discussion', 'title'],
            ['zen'],
          ],
          textOf,
        ),
        messageId: idOf(header(headers, 'x-github-delivery')),
        type: action === undefined ? event : `${event}.${action}`,
        direction: 'inbound' as const,
      }),
    ];
  },
};

/** With the content type of a form, the JSON is text in `payload`. */
function payloadOf(body: unknown): unknown {
  const payload = at(body, 'payload');
  if (typeof payload !== 'string') return body;
  try {
    return JSON.parse(payload);
  } catch {
    return body;
  }
}
