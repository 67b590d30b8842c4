import { at, idAt, listAt, recipients, templateText, textAt, valuesOf } from './fields.js';
import { failureIn, messagingApi, type Sending } from './messaging-api.js';

/** A mail's text is its subject; without one it comes from a template. */
function mail(to: string | undefined, subject: string | undefined, template?: string, values?: unknown): Sending {
  return {
    text: subject ?? (template === undefined ? undefined : templateText(template, valuesOf(values))),
    channel: 'email',
    to,
  };
}

/** SendGrid: one mail for each personalization, which may have a subject of its own. The answer is empty. */
export const sendgrid = messagingApi({
  name: 'sendgrid',
  path: /^\/v3\/mail\/send$/,
  sent: ({ fields }) =>
    listAt(fields, 'personalizations').map((one) =>
      mail(
        recipients(at(one, 'to'), (person) => idAt(person, 'email')),
        textAt(one, 'subject') ?? textAt(fields, 'subject'),
        textAt(fields, 'template_id'),
        at(one, 'dynamic_template_data'),
      ),
    ),
  accepted: (_answer, { headers }) => ({ ids: [idAt(headers, 'x-message-id')] }),
  code: ['errors.0.field'],
  reason: ['errors.0.message'],
});

/** Mailgun: a form, or multipart with files. */
export const mailgun = messagingApi({
  name: 'mailgun',
  host: /^api(?:\.eu)?\.mailgun\.net$/,
  path: /^\/v\d\/[^/]+\/messages(?:\.mime)?$/,
  sent: ({ fields }) =>
    mail(
      recipients(at(fields, 'to')),
      textAt(fields, 'subject'),
      textAt(fields, 'template'),
      at(fields, 't:variables'),
    ),
  // Reports have the id without its brackets.
  accepted: (answer) => ({ ids: [idAt(answer, 'id')?.replace(/^<|>$/g, '')] }),
  code: [],
  reason: ['message'],
});

const POSTMARK = { code: ['ErrorCode'], reason: ['Message'] };

/** Postmark: a batch answers 200 and refuses single mails by their `ErrorCode`. */
export const postmark = messagingApi({
  name: 'postmark',
  host: /^api\.postmarkapp\.com$/,
  path: /^\/email(?:\/(?:withTemplate|batch|batchWithTemplates))?$/i,
  sent: ({ fields }) =>
    batch(Array.isArray(fields) ? fields : at(fields, 'Messages'), fields).map((one) =>
      mail(
        textAt(one, 'To'),
        textAt(one, 'Subject'),
        textAt(one, 'TemplateAlias', 'TemplateId'),
        at(one, 'TemplateModel'),
      ),
    ),
  accepted: (answer) => {
    if (answer === undefined) return undefined;
    const all = batch(answer, answer);
    return {
      ids: all.map((one) => idAt(one, 'MessageID')),
      failures: all.map((one) => (at(one, 'ErrorCode') ? failureIn(POSTMARK, one) : undefined)),
    };
  },
  ...POSTMARK,
});

/** Resend, a mail or a batch of them. */
export const resend = messagingApi({
  name: 'resend',
  host: /^api\.resend\.com$/,
  path: /^\/emails(?:\/batch)?$/,
  sent: ({ fields }) =>
    batch(fields, fields).map((one) =>
      mail(
        recipients(at(one, 'to')),
        textAt(one, 'subject'),
        textAt(one, 'template.id', 'template'),
        at(one, 'template.variables'),
      ),
    ),
  accepted: (answer) => ({ ids: batch(at(answer, 'data'), answer).map((one) => idAt(one, 'id')) }),
  code: ['name', 'statusCode'],
  reason: ['message'],
});

function batch(list: unknown, single: unknown): readonly unknown[] {
  return Array.isArray(list) ? list : [single];
}
