import { mediaKind, mediaText } from '../../../dialects/media.js';
import { at, idAt, joined, listAt, recipients, textAt } from './fields.js';
import { messagingApi } from './messaging-api.js';

/** LINE: one call has up to five messages, each with an id of its own. */
export const line = messagingApi({
  name: 'line',
  path: /^\/v2\/bot\/message\/(?:reply|push|multicast)$/,
  sent: ({ fields }) => {
    const to = recipients(at(fields, 'to'));
    return listAt(fields, 'messages').map((message) => ({ text: lineText(message), channel: 'line', to }));
  },
  accepted: (answer) => ({ ids: listAt(answer, 'sentMessages').map((one) => idAt(one, 'id')) }),
  code: ['details.0.property'],
  reason: [],
  refused: (answer) => ({
    code: textAt(answer, 'details.0.property'),
    reason: joined([textAt(answer, 'message'), textAt(answer, 'details.0.message')], ': '),
  }),
});

/** A flex message, a template and an image map have a text for devices that cannot show them. */
function lineText(message: unknown): string | undefined {
  const text = textAt(message, 'text', 'altText');
  if (text !== undefined) return text;
  const type = textAt(message, 'type');
  const kind = mediaKind(type);
  if (kind !== undefined) return mediaText(kind, undefined, undefined);
  return joined([type === undefined ? undefined : `[${type}]`, textAt(message, 'title')], ' ');
}
