import { OURS, row, withHeaders, type SenderBody, type Wanted } from './sender-body.js';

const chatwoot = (event: string, fields: object) => ({
  event,
  id: 7,
  account: { id: 1, name: 'Shop' },
  inbox: { id: 2 },
  conversation: {
    id: 3,
    contact_inbox: { contact_id: 55, source_id: 's' },
    meta: { sender: { id: 55, name: 'Ana' }, assignee: { id: 9, name: 'Agent' } },
  },
  ...fields,
});
const woot = { contact: '55', id: '7', text: 'Hola', kind: 'text' } as const;

const intercom = (topic: string, item: object) => ({
  type: 'notification_event',
  app_id: 'a',
  topic,
  id: 'notif_1',
  data: {
    type: 'notification_event_data',
    item: { type: 'conversation', id: 'cv', contacts: { contacts: [{ id: 'ic1' }] }, ...item },
  },
});

const sunshine = (type: string, payload: object) => ({
  app: { id: 'app' },
  webhook: { id: 'w', version: 'v2' },
  events: [{ id: 'e1', type, payload }],
});

const CHAT_DESKS: SenderBody[] = [
  row(
    'Chatwoot: incoming',
    'chatwoot',
    chatwoot('message_created', { message_type: 'incoming', content: 'Hola', sender: { id: 55, type: 'contact' } }),
    { ...woot, way: 'inbound' },
  ),
  row(
    'Chatwoot: outgoing',
    'chatwoot',
    chatwoot('message_created', { message_type: 'outgoing', content: 'Hola', sender: { id: 9, type: 'user' } }),
    { ...woot, way: 'outbound' },
  ),
  row(
    'Chatwoot: a private note',
    'chatwoot',
    chatwoot('message_created', { message_type: 'outgoing', private: true, content: 'Hola', sender: { id: 9 } }),
    { ...woot, way: 'outbound', type: 'private_note' },
  ),
  row(
    'Chatwoot: an image',
    'chatwoot',
    chatwoot('message_created', {
      message_type: 'incoming',
      content: null,
      sender: { id: 55 },
      attachments: [{ file_type: 'image' }],
    }),
    { ...woot, way: 'inbound', text: '[image]', kind: 'image' },
  ),
  row(
    'Chatwoot: activity',
    'chatwoot',
    chatwoot('message_created', { message_type: 'activity', content: 'Agent joined' }),
    { contact: '55', id: '7', way: 'outbound', type: 'activity' },
  ),
  row(
    'Chatwoot: a conversation changed',
    'chatwoot',
    {
      event: 'conversation_status_changed',
      id: 3,
      status: 'resolved',
      contact_inbox: { contact_id: 55 },
      meta: { sender: { id: 55 }, assignee: { id: 9 } },
    },
    { contact: '55', type: 'conversation_status_changed' },
  ),
  row(
    'Chatwoot: a contact',
    'chatwoot',
    { event: 'contact_created', id: 55, name: 'Ana', account: { id: 1 } },
    { contact: '55', type: 'contact_created' },
  ),
  row(
    'Intercom: a new conversation',
    'intercom',
    intercom('conversation.user.created', {
      source: { id: 's1', body: '<p>Hola</p>', author: { type: 'user', id: 'ic1' } },
    }),
    { contact: 'ic1', way: 'inbound', id: 's1', text: 'Hola', kind: 'text' },
  ),
  row(
    'Intercom: the contact replied',
    'intercom',
    intercom('conversation.user.replied', {
      source: { id: 's1', body: '<p>Hola</p>' },
      conversation_parts: {
        conversation_parts: [{ id: 'p1', body: '<p>¿A &amp; B?</p>', author: { type: 'user', id: 'ic1' } }],
      },
    }),
    { contact: 'ic1', way: 'inbound', id: 'p1', text: '¿A & B?', kind: 'text' },
  ),
  row(
    'Intercom: a teammate replied',
    'intercom',
    intercom('conversation.admin.replied', {
      conversation_parts: {
        conversation_parts: [{ id: 'p2', body: '<p>Sí</p>', author: { type: 'admin', id: OURS.staff } }],
      },
    }),
    { contact: 'ic1', way: 'outbound', id: 'p2', text: 'Sí', kind: 'text' },
  ),
  row(
    'Intercom: a contact',
    'intercom',
    {
      type: 'notification_event',
      topic: 'contact.user.created',
      id: 'notif_1',
      data: { item: { type: 'contact', id: 'ic1' } },
    },
    { contact: 'ic1', id: 'notif_1', type: 'contact.user.created' },
  ),
  row(
    'Intercom: ping',
    'intercom',
    { type: 'notification_event', topic: 'ping', id: 'notif_1', data: { item: { type: 'ping' } } },
    { id: 'notif_1', type: 'ping' },
  ),
  row(
    'Sunshine: text',
    'zendesk-sunshine',
    sunshine('conversation:message', {
      conversation: { id: 'c' },
      message: {
        id: 'm1',
        author: { type: 'user', userId: 'su1', displayName: 'Ana' },
        content: { type: 'text', text: 'Hola' },
      },
    }),
    { contact: 'su1', way: 'inbound', id: 'm1', text: 'Hola', kind: 'text' },
  ),
  row(
    'Sunshine: image',
    'zendesk-sunshine',
    sunshine('conversation:message', {
      message: { id: 'm1', author: { type: 'user', userId: 'su1' }, content: { type: 'image', mediaUrl: 'u' } },
    }),
    { contact: 'su1', way: 'inbound', id: 'm1', text: '[image]', kind: 'image' },
  ),
  row(
    'Sunshine: what an agent wrote',
    'zendesk-sunshine',
    sunshine('conversation:message', {
      message: {
        id: 'm1',
        author: { type: 'business', displayName: 'Agent', userId: OURS.staff },
        content: { type: 'text', text: 'Sí' },
      },
    }),
    { way: 'outbound', id: 'm1', text: 'Sí', kind: 'text' },
  ),
  row(
    'Sunshine: not delivered',
    'zendesk-sunshine',
    sunshine('conversation:message:delivery:failure', {
      user: { id: 'su1' },
      message: { id: 'm1' },
      error: { code: 'unauthorized', message: 'no page' },
    }),
    {
      contact: 'su1',
      way: 'outbound',
      id: 'm1',
      notices: [{ status: 'failed', code: 'unauthorized', reason: 'no page', message_id: 'm1', contact: 'su1' }],
    },
  ),
  row(
    'Smooch 1.1: text',
    'zendesk-sunshine',
    {
      trigger: 'message:appUser',
      app: { _id: 'a' },
      appUser: { _id: 'au1' },
      messages: [{ _id: 'm1', role: 'appUser', type: 'text', text: 'Hola' }],
    },
    { contact: 'au1', way: 'inbound', id: 'm1', text: 'Hola', kind: 'text' },
  ),
];

const LOCATION = 've9EPM428h8vShlRW1KT';
const ghl = (type: string, fields: object, want: Wanted = { contact: 'ghl1' }): SenderBody =>
  row(`GoHighLevel: ${type}`, 'gohighlevel', { type, locationId: LOCATION, ...fields }, { type, ...want });
const flow = (name: string, fields: object, want: Wanted): SenderBody =>
  row(
    `GoHighLevel workflow: ${name}`,
    'gohighlevel',
    {
      location: { id: LOCATION, name: 'Shop' },
      workflow: { id: 'w', name: 'Inbound' },
      user: { firstName: 'Agent', email: OURS.mail },
      ...fields,
    },
    want,
  );

const GOHIGHLEVEL: SenderBody[] = [
  ghl(
    'InboundMessage',
    { contactId: 'ghl1', userId: OURS.staff, messageId: 'm1', messageType: 'SMS', direction: 'inbound', body: 'Hola' },
    { contact: 'ghl1', way: 'inbound', id: 'm1', text: 'Hola', kind: 'text' },
  ),
  row(
    'GoHighLevel: InboundMessage with a picture',
    'gohighlevel',
    {
      type: 'InboundMessage',
      locationId: LOCATION,
      contactId: 'ghl1',
      messageId: 'm1',
      messageType: 'WhatsApp',
      attachments: ['https://cdn.example/a.jpeg'],
      body: '',
    },
    { contact: 'ghl1', way: 'inbound', id: 'm1', text: '[image]', kind: 'image' },
  ),
  row(
    'GoHighLevel: InboundMessage, a call',
    'gohighlevel',
    {
      type: 'InboundMessage',
      locationId: LOCATION,
      contactId: 'ghl1',
      messageId: 'm1',
      messageType: 'CALL',
      callStatus: 'completed',
    },
    { contact: 'ghl1', way: 'inbound', id: 'm1', text: '[call]', kind: 'call' },
  ),
  row(
    'GoHighLevel: InboundMessage, an e-mail',
    'gohighlevel',
    {
      type: 'InboundMessage',
      locationId: LOCATION,
      contactId: 'ghl1',
      messageId: 'm1',
      messageType: 'Email',
      body: '<div>Hola</div>',
      subject: 's',
    },
    { contact: 'ghl1', way: 'inbound', id: 'm1', text: 'Hola', kind: 'email' },
  ),
  ghl(
    'OutboundMessage',
    { contactId: 'ghl1', userId: OURS.staff, messageId: 'm1', direction: 'outbound', body: 'Sí' },
    { contact: 'ghl1', way: 'outbound', id: 'm1', text: 'Sí', kind: 'text' },
  ),
  row(
    'GoHighLevel: OutboundMessage that failed',
    'gohighlevel',
    {
      type: 'OutboundMessage',
      locationId: LOCATION,
      contactId: 'ghl1',
      messageId: 'm1',
      body: 'Sí',
      status: 'failed',
      error: 'no route',
    },
    {
      contact: 'ghl1',
      way: 'outbound',
      id: 'm1',
      text: 'Sí',
      kind: 'text',
      notices: [{ status: 'failed', reason: 'no route', message_id: 'm1', contact: 'ghl1' }],
    },
  ),
  row(
    'GoHighLevel: for a provider to deliver',
    'gohighlevel',
    {
      contactId: 'ghl1',
      locationId: LOCATION,
      messageId: 'm1',
      type: 'SMS',
      phone: '+34600000001',
      message: 'Sí',
      attachments: [],
      userId: OURS.staff,
    },
    { contact: 'ghl1', way: 'outbound', id: 'm1', text: 'Sí', kind: 'text', type: 'ProviderOutboundMessage' },
  ),
  ghl('AppointmentCreate', { appointment: { id: 'a', contactId: 'ghl1', title: 'Cita', assignedUserId: OURS.staff } }),
  ghl('AppointmentUpdate', { appointment: { id: 'a', contactId: 'ghl1', appointmentStatus: 'cancelled' } }),
  ghl('AppointmentDelete', { appointment: { id: 'a', contactId: 'ghl1' } }),
  ghl('ContactCreate', {
    id: 'ghl1',
    firstName: 'Ana',
    email: 'ana@example.com',
    phone: '+34600000001',
    assignedTo: OURS.staff,
  }),
  ghl('ContactUpdate', { id: 'ghl1' }),
  ghl('ContactDelete', { id: 'ghl1' }),
  ghl('ContactDndUpdate', { id: 'ghl1', dnd: true }),
  ghl('ContactTagUpdate', { id: 'ghl1', tags: ['x'] }),
  ghl('OpportunityCreate', { id: 'op', contactId: 'ghl1', name: 'Venta', assignedTo: OURS.staff }),
  ghl('OpportunityStageUpdate', { id: 'op', contactId: 'ghl1' }),
  ghl('TaskCreate', { id: 't', contactId: 'ghl1', title: 'Llamar', assignedTo: OURS.staff }),
  ghl('TaskComplete', { id: 't', contactId: 'ghl1' }),
  ghl('NoteCreate', { id: 'n', contactId: 'ghl1', body: 'Prefiere tardes' }),
  ghl('NoteDelete', { id: 'n', contactId: 'ghl1' }),
  ghl('ConversationUnreadUpdate', { id: 'c', contactId: 'ghl1' }),
  ghl('InvoicePaid', { _id: 'i', contactDetails: { id: 'ghl1', email: 'ana@example.com' } }),
  ghl('UserCreate', { id: OURS.staff, firstName: 'Agent', email: OURS.mail, phone: OURS.plus }, {}),
  ghl('LocationUpdate', { id: LOCATION, name: 'Shop', email: OURS.mail, phone: OURS.plus }, {}),
  ghl('INSTALL', { appId: 'a', userId: OURS.staff }, {}),
  flow(
    'message.body',
    { contact_id: 'ghl1', phone: '+34600000001', message: { type: 2, body: 'Hola' } },
    { contact: 'ghl1', text: 'Hola', kind: 'text' },
  ),
  flow(
    'message.direction',
    { contact_id: 'ghl1', message: { type: 2, body: 'Hola', direction: 'inbound' } },
    { contact: 'ghl1', way: 'inbound', text: 'Hola', kind: 'text' },
  ),
  flow(
    'custom data',
    { contact_id: 'ghl1', customData: { message: 'Hola', messageId: 'm1' } },
    { contact: 'ghl1', id: 'm1', text: 'Hola', kind: 'text' },
  ),
  flow(
    'unreplaced id',
    { contact_id: '{{contact.id}}', phone: '+34600000001', message: 'Hola' },
    { contact: '+34600000001', text: 'Hola', kind: 'text' },
  ),
  row(
    'GoHighLevel workflow: phone only',
    'gohighlevel',
    { phone: '+34600000001', message: 'Hola', customData: {} },
    { contact: '+34600000001', text: 'Hola', kind: 'text' },
  ),
  row(
    'GoHighLevel marketplace: an action',
    'gohighlevel',
    {
      data: { message: 'Hola' },
      extras: { locationId: LOCATION, contactId: 'ghl1', workflowId: 'w' },
      meta: { key: 'send_whatsapp', version: '1.0' },
    },
    { contact: 'ghl1', text: 'Hola', kind: 'text', type: 'send_whatsapp' },
  ),
];

const hubspot = (fields: object) => [
  { eventId: 1, subscriptionId: 2, portalId: 3, appId: 4, occurredAt: 5, objectId: 501, ...fields },
];

const CRMS: SenderBody[] = [
  row(
    'ManyChat: a contact',
    'manychat',
    {
      id: '777',
      key: 'user:777',
      page_id: '9',
      name: 'Ana',
      last_input_text: 'Hola',
      live_chat_url: 'https://app.manychat.com/fb9/chat/777',
      phone: '+34600000001',
    },
    { contact: '777', way: 'inbound', text: 'Hola', kind: 'text' },
  ),
  row(
    'ManyChat: own fields',
    'manychat',
    { subscriber_id: '777', last_input_text: 'Hola' },
    { contact: '777', way: 'inbound', text: 'Hola', kind: 'text' },
  ),
  row('HubSpot: a contact', 'hubspot', hubspot({ subscriptionType: 'contact.creation' }), {
    contact: '501',
    id: '1',
    type: 'contact.creation',
  }),
  row(
    'HubSpot: two contacts',
    'hubspot',
    [
      ...hubspot({ subscriptionType: 'contact.propertyChange' }),
      ...hubspot({ eventId: 9, objectId: 502, subscriptionType: 'contact.creation' }),
    ],
    { contact: '501', id: '1' },
    { contact: '502', id: '9' },
  ),
  row('HubSpot: a deal', 'hubspot', hubspot({ subscriptionType: 'deal.creation' }), { id: '1', type: 'deal.creation' }),
  row('HubSpot: a conversation', 'hubspot', hubspot({ subscriptionType: 'conversation.newMessage', messageId: 'm1' }), {
    id: 'm1',
    type: 'conversation.newMessage',
  }),
  row(
    'HubSpot: an action of a workflow',
    'hubspot',
    { callbackId: 'cb', origin: { portalId: 3 }, object: { objectId: 501, objectType: 'CONTACT' } },
    { contact: '501', id: 'cb', type: 'workflow_action' },
  ),
  row(
    'Stripe: a charge',
    'stripe',
    {
      id: 'evt_1',
      object: 'event',
      type: 'charge.failed',
      data: { object: { object: 'charge', customer: 'cus_1', failure_message: 'declined' } },
    },
    { contact: 'cus_1', way: 'inbound', id: 'evt_1', text: 'declined', kind: 'text' },
  ),
  row(
    'Stripe: a customer',
    'stripe',
    { id: 'evt_1', object: 'event', type: 'customer.created', data: { object: { object: 'customer', id: 'cus_1' } } },
    { contact: 'cus_1', way: 'inbound', id: 'evt_1' },
  ),
  withHeaders(
    { 'x-github-event': 'issue_comment', 'x-github-delivery': 'd1' },
    row(
      'GitHub: a comment',
      'github',
      { action: 'created', comment: { body: 'LGTM' }, sender: { login: 'octocat' } },
      { contact: 'octocat', way: 'inbound', id: 'd1', text: 'LGTM', kind: 'text', type: 'issue_comment.created' },
    ),
  ),
  row(
    'CloudEvents: a lead',
    'cloudevents',
    { specversion: '1.0', id: 'e1', source: '/crm', type: 'lead.created', subject: 'c9', data: { text: 'Hola' } },
    { contact: 'c9', way: 'inbound', id: 'e1', text: 'Hola', kind: 'text' },
  ),
  row(
    'CloudEvents: a file',
    'cloudevents',
    {
      specversion: '1.0',
      id: 'e1',
      source: '/blobs',
      type: 'storage.object.created',
      subject: 'images/a.png',
      data: { size: 1 },
    },
    { way: 'inbound', id: 'e1', type: 'storage.object.created' },
  ),
];

const sns = (Message: unknown) => ({
  Type: 'Notification',
  MessageId: 'sns-1',
  TopicArn: 'arn:aws:sns:eu-west-1:1:t',
  Message: typeof Message === 'string' ? Message : JSON.stringify(Message),
  Timestamp: 't',
});
const mail = { contact: 'ana@example.com', way: 'inbound', text: 'Hola', kind: 'email' } as const;
const mailed = { contact: 'ana@example.com', way: 'outbound' } as const;

const MULTIPART = { 'content-type': 'multipart/form-data; boundary=x' };

const MAIL: SenderBody[] = [
  withHeaders(
    MULTIPART,
    row('an e-mail as a form', 'inbound-email', { from: 'Ana <ana@example.com>', text: 'Hola' }, { ...mail }),
  ),
  withHeaders(
    MULTIPART,
    row(
      'an e-mail as a form, in HTML',
      'inbound-email',
      { from: '"Ana Pérez" <ana@example.com>', subject: 'Cita', html: '<p>Hola</p>' },
      { ...mail },
    ),
  ),
  withHeaders(
    MULTIPART,
    row(
      'a form whose from is an address only',
      'generic',
      { from: OURS.mail, text: 'Hola' },
      { text: 'Hola', kind: 'text' },
    ),
  ),
  row('SNS: our own JSON', 'sns', sns({ contactId: 'c1', message: 'Hola' }), {
    contact: 'c1',
    id: 'sns-1',
    text: 'Hola',
    kind: 'text',
  }),
  row(
    'SNS: WhatsApp inside',
    'whatsapp-cloud',
    sns({
      object: 'whatsapp_business_account',
      entry: [
        {
          changes: [{ value: { messages: [{ from: '34600000001', id: 'w1', type: 'text', text: { body: 'Hola' } }] } }],
        },
      ],
    }),
    { contact: '34600000001', way: 'inbound', id: 'w1', text: 'Hola', kind: 'text' },
  ),
  row('SNS: plain text', 'sns', sns('ALARM: cpu'), { id: 'sns-1', text: 'ALARM: cpu', kind: 'text' }),
  row(
    'SNS: the confirmation',
    'sns',
    {
      Type: 'SubscriptionConfirmation',
      MessageId: 'sns-1',
      Token: 't',
      TopicArn: 'a',
      Message: 'You have chosen to subscribe',
      SubscribeURL: 'u',
    },
    { id: 'sns-1', type: 'SubscriptionConfirmation' },
  ),
  row(
    'SES in SNS: a bounce',
    'ses',
    sns({
      notificationType: 'Bounce',
      mail: { messageId: 'ses-1', source: OURS.mail, destination: ['ana@example.com'] },
      bounce: {
        bounceType: 'Permanent',
        bouncedRecipients: [{ emailAddress: 'ana@example.com', status: '5.1.1', diagnosticCode: 'user unknown' }],
      },
    }),
    {
      ...mailed,
      id: 'ses-1',
      notices: [
        { status: 'bounced', code: '5.1.1', reason: 'user unknown', message_id: 'ses-1', contact: 'ana@example.com' },
      ],
    },
  ),
  row(
    'SES: received',
    'ses',
    {
      notificationType: 'Received',
      mail: {
        messageId: 'ses-1',
        source: 'ana@example.com',
        destination: [OURS.mail],
        commonHeaders: { from: ['Ana <ana@example.com>'], subject: 'Hola' },
      },
    },
    { ...mail, id: 'ses-1' },
  ),
  row(
    'SES: delivered',
    'ses',
    {
      notificationType: 'Delivery',
      mail: { messageId: 'ses-1', source: OURS.mail, destination: ['ana@example.com'] },
      delivery: {},
    },
    { ...mailed, id: 'ses-1' },
  ),
  row(
    'SendGrid: inbound',
    'sendgrid',
    {
      headers: 'Received: x\nMessage-ID: <abc@mail.example>\n',
      to: OURS.mail,
      from: 'Ana Pérez <ana@example.com>',
      envelope: `{"to":["${OURS.mail}"],"from":"ana@example.com"}`,
      subject: 'Cita',
      text: 'Hola',
      sender_ip: '1.2.3.4',
      SPF: 'pass',
    },
    { ...mail, id: 'abc@mail.example' },
  ),
  row(
    'SendGrid: a bounce',
    'sendgrid',
    [
      {
        email: 'ana@example.com',
        event: 'bounce',
        sg_event_id: 's1',
        sg_message_id: 'sg1',
        status: '5.0.0',
        reason: 'unknown user',
      },
    ],
    {
      ...mailed,
      id: 'sg1',
      notices: [
        { status: 'bounce', code: '5.0.0', reason: 'unknown user', message_id: 'sg1', contact: 'ana@example.com' },
      ],
    },
  ),
  row(
    'SendGrid: two delivered',
    'sendgrid',
    [
      { email: 'ana@example.com', event: 'delivered', sg_event_id: 's1', sg_message_id: 'sg1' },
      { email: 'bea@example.com', event: 'delivered', sg_event_id: 's2', sg_message_id: 'sg2' },
    ],
    { ...mailed, id: 'sg1' },
    { ...mailed, contact: 'bea@example.com', id: 'sg2' },
  ),
  row(
    'Mailgun: inbound',
    'mailgun',
    {
      recipient: OURS.mail,
      sender: 'bounces+1@lists.example',
      from: '"Ana" <ana@example.com>',
      subject: 'Cita',
      'body-plain': 'Hola\n> cita',
      'stripped-text': 'Hola',
      'Message-Id': '<mg1@example.com>',
      timestamp: '1',
      token: 't',
      signature: 's',
    },
    { ...mail, id: 'mg1@example.com' },
  ),
  row(
    'Mailgun: failed',
    'mailgun',
    {
      signature: { token: 't' },
      'event-data': {
        event: 'failed',
        severity: 'permanent',
        id: 'e1',
        recipient: 'ana@example.com',
        message: { headers: { 'message-id': 'mg1@ours.example', from: OURS.mail } },
        'delivery-status': { code: 550, message: 'No such user' },
      },
    },
    {
      ...mailed,
      id: 'mg1@ours.example',
      notices: [
        {
          status: 'failed',
          code: '550',
          reason: 'No such user',
          message_id: 'mg1@ours.example',
          contact: 'ana@example.com',
        },
      ],
    },
  ),
  row(
    'Postmark: inbound',
    'postmark',
    {
      From: 'ana@example.com',
      FromName: 'Ana',
      FromFull: { Email: 'ana@example.com', Name: 'Ana' },
      To: OURS.mail,
      OriginalRecipient: OURS.mail,
      Subject: 'Cita',
      MessageID: 'pm1',
      TextBody: 'Hola',
      HtmlBody: '<p>Hola</p>',
    },
    { ...mail, id: 'pm1' },
  ),
  row(
    'Postmark: HTML only',
    'postmark',
    {
      From: 'ana@example.com',
      FromFull: { Email: 'ana@example.com' },
      To: OURS.mail,
      MessageID: 'pm1',
      TextBody: '',
      HtmlBody: '<p>Hola</p>',
    },
    { ...mail, id: 'pm1' },
  ),
  row(
    'Postmark: a bounce',
    'postmark',
    {
      RecordType: 'Bounce',
      Type: 'HardBounce',
      TypeCode: 1,
      MessageID: 'pm1',
      ServerID: 1,
      Email: 'ana@example.com',
      From: OURS.mail,
      Description: 'No mailbox',
    },
    {
      ...mailed,
      id: 'pm1',
      notices: [
        { status: 'bounced', code: 'HardBounce', reason: 'No mailbox', message_id: 'pm1', contact: 'ana@example.com' },
      ],
    },
  ),
  row(
    'Postmark: delivered',
    'postmark',
    { RecordType: 'Delivery', MessageID: 'pm1', ServerID: 1, Recipient: 'ana@example.com' },
    { ...mailed, id: 'pm1', type: 'Delivery' },
  ),
];

const GENERIC: SenderBody[] = [
  row(
    'JSON: contactId and body',
    'generic',
    { contactId: 'c1', body: 'Hola' },
    { contact: 'c1', text: 'Hola', kind: 'text' },
  ),
  row(
    'JSON: wrapped',
    'generic',
    { event: 'chat', data: { contact: { id: 'c1' }, message: { id: 'm1', text: 'Hola' } } },
    { contact: 'c1', id: 'm1', text: 'Hola', kind: 'text' },
  ),
  row(
    'JSON: a list of two',
    'generic',
    [
      { contactId: 'c1', text: 'Hola' },
      { contactId: 'c2', text: 'Buenas' },
    ],
    { contact: 'c1', text: 'Hola', kind: 'text' },
    { contact: 'c2', text: 'Buenas', kind: 'text' },
  ),
  row(
    'JSON: from, inbound',
    'generic',
    { direction: 'inbound', from: '+34600000001', to: OURS.plus, text: 'Hola' },
    { contact: '+34600000001', way: 'inbound', text: 'Hola', kind: 'text' },
  ),
  row(
    'JSON: to, outbound',
    'generic',
    { direction: 'outbound', from: OURS.plus, to: '+34600000001', text: 'Sí' },
    { contact: '+34600000001', way: 'outbound', text: 'Sí', kind: 'text' },
  ),
  row(
    'JSON: fromMe',
    'generic',
    { fromMe: true, from: OURS.plus, to: '+34600000001', body: 'Sí' },
    { contact: '+34600000001', way: 'outbound', text: 'Sí', kind: 'text' },
  ),
  row(
    'JSON: the telephone of a chat',
    'generic',
    { phone: '34600000001', connectedPhone: OURS.plus, fromMe: false, text: { body: 'Hola' } },
    { contact: '34600000001', way: 'inbound', text: 'Hola', kind: 'text' },
  ),
  row(
    'JSON: the telephone of a chat, outbound',
    'generic',
    { phone: '34600000001', connectedPhone: OURS.plus, fromMe: true, text: { body: 'Sí' } },
    { contact: '34600000001', way: 'outbound', text: 'Sí', kind: 'text' },
  ),
  row(
    'JSON: an event of a message',
    'generic',
    { event: 'message.received', data: { from: { id: 'c1' }, to: { id: OURS.bot }, text: 'Hola' } },
    { contact: 'c1', way: 'inbound', text: 'Hola', kind: 'text' },
  ),
  row(
    'JSON: a form of a person',
    'generic',
    { first_name: 'Ana', email: 'ana@example.com', message: 'Hola' },
    { contact: 'ana@example.com', text: 'Hola', kind: 'text' },
  ),
  {
    ...row('a query', 'generic', undefined, { contact: 'c1', text: 'Hola', kind: 'text' }),
    query: { contact_id: 'c1', text: 'Hola' },
  },
];

export const PLATFORMS: SenderBody[] = [...CHAT_DESKS, ...GOHIGHLEVEL, ...CRMS, ...MAIL, ...GENERIC];
