import type { Dialect, WebhookRequest } from './dialect.js';
import { at, compact, header, idOf, textOf } from './fields.js';
import { generic } from './generic.dialect.js';

/** CloudEvents 1.0: attributes in `ce-` headers (binary mode) or around `data` (structured, one or a batch). */
export const cloudevents: Dialect = {
  name: 'cloudevents',
  match: ({ headers, body }) =>
    header(headers, 'ce-specversion') !== undefined ||
    /^application\/cloudevents(?:-batch)?\b/i.test(header(headers, 'content-type') ?? '') ||
    (typeof at(body, 'specversion') === 'string' && typeof at(body, 'source') === 'string'),
  extract(request) {
    const { headers, body } = request;
    if (header(headers, 'ce-specversion') !== undefined) {
      return [describe(request, body, (name) => header(headers, `ce-${name}`))];
    }
    const events = Array.isArray(body) ? body : [body];
    return events.map((event) => describe(request, at(event, 'data'), (name) => at(event, name)));
  },
};

/** What the data says by the usual names; the subject is whom the event is about where the data names nobody. */
function describe(request: WebhookRequest, data: unknown, attribute: (name: string) => unknown) {
  const [inner = {}] = generic.extract({ ...request, query: undefined, body: data });
  return compact({
    contactId: inner.contactId ?? idOf(attribute('subject')),
    message: inner.message,
    messageId: idOf(attribute('id')),
    type: textOf(attribute('type')),
    direction: inner.direction ?? ('inbound' as const),
  });
}
