import { mediaText } from '../../../dialects/media.js';
import { at, idAt, templateText, textAt, valuesOf } from './fields.js';
import { messagingApi, type Sending } from './messaging-api.js';

const PATH = /^(?:\/[^/]+)*\/api\/v1\/accounts\/\d+\/conversations\/(\d+)\/messages\/?$/;

/** Chatwoot, which people host themselves. Private notes and messages in a contact's name are no replies. */
export const chatwoot = messagingApi({
  name: 'chatwoot',
  path: PATH,
  sent: ({ fields, path }): Sending | undefined => {
    const hidden = at(fields, 'private');
    const type = textAt(fields, 'message_type') ?? 'outgoing';
    if (fields === undefined || hidden === true || hidden === 'true' || (type !== 'outgoing' && type !== 'template'))
      return undefined;
    return { text: messageText(fields), channel: 'chatwoot', to: PATH.exec(path)?.[1] };
  },
  accepted: (answer) => ({ ids: [idAt(answer, 'id')] }),
  code: ['code'],
  reason: ['error', 'message', 'errors'],
});

function messageText(fields: unknown): string | undefined {
  const template = textAt(fields, 'template_params.name');
  const text = textAt(fields, 'content');
  if (template !== undefined && text === undefined)
    return templateText(template, valuesOf(at(fields, 'template_params.processed_params')));
  // The text of a multipart body with a file; the file itself is no field.
  return text ?? mediaText('attachment', undefined, undefined);
}
