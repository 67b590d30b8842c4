import { BUILT_IN_DIALECTS } from './built-in.js';
import type { WebhookRequest } from './dialect.js';
import { identify } from './identify.js';

const seen = (body: unknown, over: Partial<WebhookRequest> = {}) =>
  identify({ method: 'POST', path: '/webhook', headers: {}, body, ...over }, BUILT_IN_DIALECTS);
const one = (body: unknown, over: Partial<WebhookRequest> = {}) => {
  const { dialect, messages } = seen(body, over);
  expect(messages).toHaveLength(1);
  // Kinds and reasons have a separate table: sender-bodies.spec.ts.
  const { reason: _reason, media: _media, ...message } = messages[0]!;
  return { dialect, ...message };
};

const whatsappPost = (...values: object[]) => ({
  object: 'whatsapp_business_account',
  entry: [{ id: '102290129340398', changes: values.map((value) => ({ field: 'messages', value })) }],
});
const whatsappMessage = (from: string, body: string, id: string) => ({
  from,
  id,
  timestamp: '1',
  type: 'text',
  text: { body },
});

describe('generic', () => {
  it("reads the guide's webhook", () => {
    expect(one({ contactId: 'z49hFQn0DxOX5sInJg60', body: 'Quiero agendar una cita' })).toEqual({
      dialect: 'generic',
      contactId: 'z49hFQn0DxOX5sInJg60',
      message: 'Quiero agendar una cita',
    });
  });

  it.each([
    [{ contact_id: 'c' }],
    [{ contact: { id: 'c' } }],
    [{ contactId: ' c ' }],
    [{ customer_id: 'c' }],
    [{ lead: { id: 'c' } }],
    [{ wa_id: 'c' }],
    [{ contact: { phone: 'c' } }],
    [{ first_name: 'Ana', phone: 'c' }],
    [{ direction: 'inbound', from: 'c', to: 'us' }],
    [{ direction: 'incoming', sender: { id: 'c' } }],
    [{ direction: 'outbound', to: 'c', from: 'us' }],
    [{ fromMe: true, to: { id: 'c' }, from: { id: 'us' } }],
    [{ event: 'message.received', data: { from: 'c' } }],
    [{ data: { contactId: 'c' } }],
    [[{ contactId: 'c' }]],
  ])('finds the contact of %j', (body) => expect(one(body).contactId).toBe('c'));

  it.each([
    [{ message: 'm' }],
    [{ body: 'm' }],
    [{ text: 'm' }],
    [{ content: 'm' }],
    [{ message: { body: 'm' } }],
    [{ message: { text: 'm' } }],
    [{ text: { body: 'm' } }],
    [{ data: { message: 'm' } }],
    ['m'],
  ])('finds the message of %j', (body) => expect(one(body).message).toBe('m'));

  it('accepts numbers as ids', () => {
    expect(one({ contact_id: 12345, message_id: 7, text: 'x' })).toMatchObject({ contactId: '12345', messageId: '7' });
  });

  it('prefers an id to an address', () => {
    expect(one({ first_name: 'Ana', phone: '+34600000000', contact: { id: 'c' } }).contactId).toBe('c');
  });

  it.each([
    [{ contactId: '{{contact.id}}' }],
    [{ contactId: ' ' }],
    [{ contactId: null }],
    [{ contactId: 'undefined' }],
    [{}],
  ])('finds no contact in %j', (body) => expect(one(body)).not.toHaveProperty('contactId'));

  it('reads the query of a GET', () => {
    expect(one(undefined, { method: 'GET', query: { contact_id: 'c', text: 'hi' } })).toEqual({
      dialect: 'generic',
      contactId: 'c',
      message: 'hi',
    });
  });

  it('reads no member of a prototype', () => {
    expect(one(Object.create({ contactId: 'c' }))).not.toHaveProperty('contactId');
  });

  it('matches no dialect for a request without body and query', () => {
    expect(seen(undefined).dialect).toBeUndefined();
  });
});

describe('gohighlevel', () => {
  const signed = { headers: { 'x-wh-signature': 's' } };

  it('reads an app webhook', () => {
    const body = {
      type: 'InboundMessage',
      locationId: 'l1C08ntBrFjLS0elLIYU',
      contactId: 'cI08i1Bls3iTB9bKgF01',
      conversationId: 'fcanlLgpbQgQhderivVs',
      messageId: 'jtVeInSjHoPpOjPJPUBh',
      body: 'This is a test message',
      direction: 'inbound',
    };
    expect(one(body)).toEqual({
      dialect: 'gohighlevel',
      contactId: 'cI08i1Bls3iTB9bKgF01',
      message: 'This is a test message',
      messageId: 'jtVeInSjHoPpOjPJPUBh',
      type: 'InboundMessage',
      direction: 'inbound',
    });
  });

  it.each([
    ['body', { contactId: 'c', body: 'm' }],
    ['message as a string', { contact_id: 'c', message: 'm' }],
    ['message.body', { contact_id: 'c', message: { type: 2, body: 'm' } }],
    ['messageBody', { contactId: 'c', messageBody: 'm' }],
    ['contact.id', { contact: { id: 'c' }, message: 'm' }],
  ])('reads the shape with %s', (_, fields) => {
    expect(one({ ...fields, location: { id: 'l' } })).toMatchObject({
      dialect: 'gohighlevel',
      contactId: 'c',
      message: 'm',
    });
  });

  it('falls back to the phone where ids are unreplaced templates', () => {
    const body = { contactId: '{{contact.id}}', contact: { id: '{{ contact.id }}' }, phone: '+34600000000', body: 'm' };
    expect(one(body, signed)).toMatchObject({ dialect: 'gohighlevel', contactId: '+34600000000' });
  });

  it('accepts no template as a message', () => {
    expect(one({ contactId: 'c', body: '{{message.body}}', message: { body: 'm' } }, signed).message).toBe('m');
    expect(one({ contactId: 'c', body: '{{message.body}}' }, signed)).not.toHaveProperty('message');
  });

  it('keeps a text that only contains a template', () => {
    expect(one({ contactId: 'c', body: 'Hola {{contact.first_name}}' }, signed).message).toBe(
      'Hola {{contact.first_name}}',
    );
  });

  it('prefers the custom data of a workflow to guessed fields', () => {
    const body = { contact_id: 'c', customData: { message: 'm' }, workflow: { id: 'w' }, location: { id: 'l' } };
    expect(one(body)).toMatchObject({ dialect: 'gohighlevel', contactId: 'c', message: 'm' });
  });

  it('marks outbound messages', () => {
    expect(one({ type: 'OutboundMessage', locationId: 'l', contactId: 'c', body: 'm' }).direction).toBe('outbound');
  });
});

describe('whatsapp-cloud', () => {
  it('reads several contacts in one POST', () => {
    const body = whatsappPost(
      { contacts: [{ wa_id: '5215512345678' }], messages: [whatsappMessage('5215512345678', 'hola', 'wamid.1')] },
      {
        messages: [
          whatsappMessage('34600000000', 'buenas', 'wamid.2'),
          whatsappMessage('34600000001', 'adiós', 'wamid.3'),
        ],
      },
    );
    const { dialect, messages } = seen(body);
    expect(dialect).toBe('whatsapp-cloud');
    expect(messages.map((m) => [m.contactId, m.message, m.messageId])).toEqual([
      ['5215512345678', 'hola', 'wamid.1'],
      ['34600000000', 'buenas', 'wamid.2'],
      ['34600000001', 'adiós', 'wamid.3'],
    ]);
    expect(messages.every((m) => m.direction === 'inbound')).toBe(true);
  });

  it('treats a status as a notice, not as a conversation', () => {
    const body = whatsappPost({ statuses: [{ id: 'wamid.9', status: 'delivered', recipient_id: '34600000000' }] });
    expect(one(body)).toEqual({
      dialect: 'whatsapp-cloud',
      contactId: '34600000000',
      messageId: 'wamid.9',
      type: 'status',
      direction: 'outbound',
    });
  });

  it.each([
    [{ type: 'button', button: { text: 'Sí' } }],
    [{ type: 'interactive', interactive: { type: 'button_reply', button_reply: { id: '1', title: 'Sí' } } }],
    [{ type: 'interactive', interactive: { type: 'list_reply', list_reply: { id: '1', title: 'Sí' } } }],
  ])('reads the pressed button: %j', (kind) => {
    expect(one(whatsappPost({ messages: [{ from: '1', id: 'w', ...kind }] }))).toMatchObject({
      message: 'Sí',
      type: kind.type,
    });
  });

  it('returns no contact for other kinds of change', () => {
    expect(seen(whatsappPost({ event: 'APPROVED' }))).toEqual({ dialect: 'whatsapp-cloud', messages: [] });
  });
});

describe('telegram', () => {
  const from = { id: 987654321, is_bot: false, first_name: 'Ana' };

  it('reads numeric ids', () => {
    const body = {
      update_id: 1,
      message: { message_id: 42, from, chat: { id: 987654321, type: 'private' }, text: 'hola' },
    };
    expect(one(body)).toEqual({
      dialect: 'telegram',
      contactId: '987654321',
      message: 'hola',
      messageId: '42',
      type: 'message',
      direction: 'inbound',
    });
  });

  it.each([
    ['edited_message', { message_id: 1, from, text: 't' }],
    ['callback_query', { id: 'q', from, data: 't' }],
    ['inline_query', { id: 'q', from, query: 't' }],
    ['edited_channel_post', { message_id: 1, from, text: 't' }],
  ])('reads %s', (type, update) => {
    expect(one({ update_id: 1, [type]: update })).toMatchObject({ contactId: '987654321', message: 't', type });
  });

  it('returns the group, with its negative id, where no person wrote', () => {
    expect(
      one({ update_id: 1, channel_post: { message_id: 1, chat: { id: -1001234567890 }, text: 't' } }).contactId,
    ).toBe('-1001234567890');
  });
});

describe('twilio', () => {
  const form = { AccountSid: 'AC1', MessageSid: 'SM1', From: 'whatsapp:+5215512345678', To: 'whatsapp:+14155238886' };

  it('reads a form', () => {
    expect(one({ ...form, Body: 'hola', SmsStatus: 'received' })).toEqual({
      dialect: 'twilio',
      contactId: '+5215512345678',
      message: 'hola',
      messageId: 'SM1',
      type: 'message',
      direction: 'inbound',
    });
  });

  it('names the recipient of a delivered message', () => {
    const body = { AccountSid: 'AC1', MessageSid: 'SM1', MessageStatus: 'delivered', From: '+1', To: '+34600000000' };
    expect(one(body)).toMatchObject({ contactId: '+34600000000', type: 'status', direction: 'outbound' });
  });
});

describe('slack', () => {
  it('recognises the challenge', () => {
    expect(one({ type: 'url_verification', token: 't', challenge: 'c' })).toEqual({
      dialect: 'slack',
      type: 'url_verification',
    });
  });

  it('reads a message, and marks its echo as ours', () => {
    const event = { type: 'message', user: 'U1', text: 'hola', ts: '1.2', channel: 'C1', client_msg_id: 'm1' };
    const body = { type: 'event_callback', team_id: 'T1', event_id: 'Ev1', event };
    expect(one(body)).toEqual({
      dialect: 'slack',
      contactId: 'U1',
      message: 'hola',
      messageId: 'C1:1.2',
      type: 'message',
      direction: 'inbound',
    });
    expect(one({ ...body, event: { ...event, bot_id: 'B1' } })).not.toHaveProperty('contactId');
  });

  it('reads commands and interactions', () => {
    const headers = { 'x-slack-signature': 'v0=1' };
    expect(one({ command: '/cita', text: 'lunes', user_id: 'U1', trigger_id: 't' }, { headers })).toMatchObject({
      contactId: 'U1',
      message: '/cita lunes',
      type: 'slash_command',
    });
    const payload = JSON.stringify({ type: 'block_actions', user: { id: 'U1' }, actions: [{ text: { text: 'Sí' } }] });
    expect(one({ payload }, { headers })).toMatchObject({ contactId: 'U1', message: 'Sí', type: 'block_actions' });
    expect(seen({ payload: '{' }, { headers })).toEqual({ dialect: 'slack', messages: [] });
  });
});

describe('stripe', () => {
  it.each([
    [{ object: 'charge', customer: 'cus_1' }],
    [{ object: 'charge', customer: { id: 'cus_1' } }],
    [{ object: 'customer', id: 'cus_1' }],
  ])('names the customer of %j', (object) => {
    expect(one({ id: 'evt_1', object: 'event', type: 'charge.failed', data: { object } })).toEqual({
      dialect: 'stripe',
      contactId: 'cus_1',
      messageId: 'evt_1',
      type: 'charge.failed',
      direction: 'inbound',
    });
  });
});

describe('github', () => {
  const headers = { 'x-github-event': 'issue_comment', 'x-github-delivery': 'd-1' };
  const body = { action: 'created', comment: { body: 'LGTM' }, sender: { login: 'octocat' } };

  it.each([[body], [{ payload: JSON.stringify(body) }]])('reads JSON and forms', (sent) => {
    expect(one(sent, { headers })).toEqual({
      dialect: 'github',
      contactId: 'octocat',
      message: 'LGTM',
      messageId: 'd-1',
      type: 'issue_comment.created',
      direction: 'inbound',
    });
  });
});

describe('cloudevents', () => {
  const event = { specversion: '1.0', id: 'e1', source: '/crm', type: 'lead.created', subject: 'c9' };

  it('reads structured, batched and binary events', () => {
    expect(one({ ...event, data: { text: 'hola' } })).toEqual({
      dialect: 'cloudevents',
      contactId: 'c9',
      message: 'hola',
      messageId: 'e1',
      type: 'lead.created',
      direction: 'inbound',
    });
    const headers = { 'content-type': 'application/cloudevents-batch+json' };
    expect(seen([event, { ...event, id: 'e2', subject: 'c8' }], { headers }).messages.map((m) => m.contactId)).toEqual([
      'c9',
      'c8',
    ]);
    const binary = { 'ce-specversion': '1.0', 'ce-id': 'e1', 'ce-type': 't', 'ce-source': '/s' };
    expect(one({ contactId: 'c7', message: 'm' }, { headers: binary })).toMatchObject({
      contactId: 'c7',
      messageId: 'e1',
    });
  });
});
