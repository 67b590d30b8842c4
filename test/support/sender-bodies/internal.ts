import { OURS } from './sender-body.js';

/** Bodies of internal services and alerts: their fields resemble a contact, but name our own side or no person. */
export const INTERNAL: readonly (readonly [string, unknown])[] = [
  ['a deployment', { userId: OURS.staff, action: 'deploy', text: 'v2 is out' }],
  ['an alert', { service: 'smtp', email: OURS.mail, message: 'disk is full' }],
  ['a mail to send', { from: OURS.mail, to: 'ana@example.com', text: 'Hola' }],
  ['a message to send', { sender: OURS.plus, to: '+34600000001', message: 'Hola' }],
  ['an assignment', { user: { id: OURS.staff }, ticket: 7, text: 'assigned' }],
  ['an assignment by id', { user_id: OURS.staff, user: OURS.staff, message: 'assigned' }],
  ['a comment', { author: { id: OURS.staff }, content: 'done' }],
  ['a post', { author: OURS.staff, body: 'release notes' }],
  ['a chat to notify', { chat_id: -100, chatId: -100, text: 'backup done' }],
  ['a store', { name: 'Centro', phone: OURS.plus, openingHours: '9-5' }],
  ['a warehouse', { locationId: 'warehouse-3', phone: OURS.plus, message: 'stock is low' }],
  ['a carrier', { type: 'shipped', carrier: { phone: OURS.plus, email: OURS.mail }, phone: OURS.plus }],
  ['a session', { userId: OURS.staff, sessionId: 's', event: 'login', email: OURS.mail }],
  ['a payment', { event: 'payment.received', from: OURS.mail, amount: 1 }],
  ['an author of an unknown direction', { from: { id: OURS.bot }, text: 'Hola' }],
  ['a build', { type: 'build.finished', actor: { id: OURS.staff }, sender: { login: OURS.staff }, text: 'green' }],
  ['a contact as a text', { contact: OURS.mail, message: 'on call this week' }],
  ['a log line', { level: 'error', message: 'failed', user: { email: OURS.mail } }],
  ['Grafana', { receiver: 'ops', status: 'firing', title: 'High CPU', message: '**Firing**', externalURL: 'u' }],
  [
    'Sentry',
    { action: 'created', actor: { id: OURS.staff, type: 'user' }, data: { issue: { id: '1', title: 'TypeError' } } },
  ],
  [
    'Jira',
    {
      webhookEvent: 'jira:issue_created',
      user: { accountId: OURS.staff, emailAddress: OURS.mail },
      issue: { id: '1' },
    },
  ],
  [
    'GitLab',
    { object_kind: 'note', user: { id: OURS.staff, username: OURS.staff }, object_attributes: { note: 'LGTM' } },
  ],
  ['an empty body', {}],
  ['a list of numbers', [1, 2, 3]],
  ['unreplaced fields', { contactId: '{{contact.id}}', phone: '{{contact.phone}}', message: 'Hola' }],
  ['words for nothing', { contactId: 'undefined', contact_id: 'null', message: 'Hola' }],
];
