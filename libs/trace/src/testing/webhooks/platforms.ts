import { json, nextId, seconds, sha256 } from './webhook-request.js';
import type { BuiltWebhook, WebhookParts } from './webhook-request.js';

/** Any JSON: `{ contactId, body }`, as the guide's application takes it. */
export function generic(parts: WebhookParts = {}): BuiltWebhook {
  const { contactId = 'contact-1', message = 'Hola', messageId = nextId(), extra } = parts;
  return json({ contactId, body: message, messageId, ...extra }, () => ({}));
}

/** The shapes HighLevel's bodies come in: of an app, and of workflows, by where their author put the text. */
export type GohighlevelShape = 'app' | 'message' | 'message.body' | 'messageBody' | 'contact.id' | 'phone';

/** Parts of a GoHighLevel webhook; all are optional. */
export interface GohighlevelParts extends WebhookParts {
  /**
   * Default: `app`, which says `body`. `contact.id` has the contact in an object. `phone` is a workflow that sends an
   * unreplaced `{{contact.id}}`; `contactId` is the phone number then.
   */
  shape?: GohighlevelShape;
}

/** HighLevel (LeadConnector). Its signature is made with HighLevel's own private key, so `secret` means nothing here. */
export function gohighlevel(parts: GohighlevelParts = {}): BuiltWebhook {
  const { contactId = 'contact-1', message = 'Hola', messageId = nextId(), shape = 'app', extra } = parts;
  const locationId = 'l1C08ntBrFjLS0elLIYU';
  if (shape === 'app') {
    const fields = { contactId, body: message, messageId, direction: 'inbound', contentType: 'text/plain' };
    return json({ type: 'InboundMessage', locationId, ...fields, ...extra }, () => ({ 'x-wh-signature': 'none' }));
  }
  const workflow = { workflow: { id: 'workflow-1', name: 'Inbound' }, location: { id: locationId } };
  return json({ ...workflow, ...workflowBody(shape, contactId, message, messageId), ...extra }, () => ({}));
}

function workflowBody(shape: GohighlevelShape, contactId: string, message: string, messageId: string): object {
  switch (shape) {
    case 'message.body':
      return { contact_id: contactId, message: { type: 2, body: message, id: messageId } };
    case 'messageBody':
      return { contactId, messageBody: message, messageId };
    case 'contact.id':
      return { contact: { id: contactId }, message, messageId };
    case 'phone':
      return { contact_id: '{{contact.id}}', phone: contactId, message, messageId };
    default:
      return { contact_id: contactId, message, messageId };
  }
}

/** Parts of a Stripe webhook; all are optional. */
export interface StripeParts extends WebhookParts {
  /** Default: `payment_intent.payment_failed`. */
  type?: string;
}

/** Stripe: an event about a payment; the contact is its customer, the message its description. */
export function stripe(parts: StripeParts = {}): BuiltWebhook {
  const { contactId = 'cus_1', message = 'Hola', type = 'payment_intent.payment_failed', extra, secret, at } = parts;
  const created = seconds(at);
  const object = { id: 'pi_1', object: 'payment_intent', customer: contactId, description: message, amount: 4_200 };
  const id = parts.messageId ?? `evt_${nextId()}`;
  return json({ id, object: 'event', type, created, data: { object }, ...extra }, (body) => ({
    'stripe-signature': `t=${created},v1=${sha256(secret, `${created}.${body}`)}`,
  }));
}

/** Parts of a GitHub webhook; all are optional. */
export interface GithubParts extends WebhookParts {
  /** Default: `issue_comment`; the message is the comment. */
  event?: string;
}

/** GitHub: the contact is who did it, the message what they wrote. */
export function github(parts: GithubParts = {}): BuiltWebhook {
  const { contactId = 'octocat', message = 'Hola', event = 'issue_comment', extra, secret } = parts;
  const payload = {
    action: 'created',
    comment: { id: 1, body: message },
    sender: { login: contactId, id: 1 },
    repository: { id: 1, full_name: 'octocat/hello-world' },
    ...extra,
  };
  return json(payload, (body) => ({
    'x-github-event': event,
    'x-github-delivery': parts.messageId ?? nextId(),
    'x-hub-signature-256': `sha256=${sha256(secret, body)}`,
  }));
}

/** Parts of a CloudEvents webhook; all are optional. */
export interface CloudeventsParts extends WebhookParts {
  /** Default: `com.example.message.received`. */
  type?: string;
  /** `binary`: attributes in headers. Default: `structured`, one JSON object. */
  mode?: 'structured' | 'binary';
}

/** CloudEvents 1.0. The contact is the event's subject. */
export function cloudevents(parts: CloudeventsParts = {}): BuiltWebhook {
  const { contactId = 'contact-1', message = 'Hola', type = 'com.example.message.received', mode, extra, at } = parts;
  const attributes = {
    specversion: '1.0',
    id: parts.messageId ?? nextId(),
    source: '/testing',
    type,
    subject: contactId,
    time: (at ?? new Date()).toISOString(),
  };
  const data = { message, ...extra };
  if (mode === 'binary') {
    const headers = Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value]);
    return json(data, () => Object.fromEntries(headers) as Record<string, string>);
  }
  return json({ ...attributes, datacontenttype: 'application/json', data }, () => ({
    'content-type': 'application/cloudevents+json',
  }));
}
