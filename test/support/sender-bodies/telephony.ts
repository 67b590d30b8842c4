import { OURS, row, withHeaders, type SenderBody, type Wanted } from './sender-body.js';

const form = { AccountSid: 'AC1', MessageSid: 'SM1', From: '+34600000001', To: OURS.plus };
const tw = (name: string, fields: object, want: Wanted): SenderBody =>
  row(
    `Twilio: ${name}`,
    'twilio',
    { ...form, ...fields },
    { contact: '+34600000001', way: 'inbound', id: 'SM1', ...want },
  );
const out = { From: OURS.plus, To: '+34600000001' };

const conversation = (fields: object) => ({
  AccountSid: 'AC1',
  ConversationSid: 'CH1',
  MessageSid: 'IM1',
  EventType: 'onMessageAdded',
  Author: '+34600000001',
  Source: 'SMS',
  ParticipantSid: 'MB1',
  Body: 'Hola',
  ...fields,
});

const telnyx = (event_type: string, payload: object) => ({
  data: { record_type: 'event', event_type, id: 'ev1', payload: { id: 'msg1', ...payload } },
  meta: { attempt: 1 },
});

export const TELEPHONY: SenderBody[] = [
  tw('SMS', { Body: 'Hola', SmsStatus: 'received', NumMedia: '0' }, { text: 'Hola', kind: 'text' }),
  tw(
    'WhatsApp',
    { From: 'whatsapp:+34600000001', To: `whatsapp:${OURS.plus}`, Body: 'Hola', WaId: '34600000001' },
    { text: 'Hola', kind: 'text' },
  ),
  tw(
    'media without text',
    { Body: '', NumMedia: '1', MediaContentType0: 'image/jpeg' },
    { text: '[image]', kind: 'image' },
  ),
  tw(
    'voice note',
    { Body: '', NumMedia: '1', MediaContentType0: 'audio/ogg' },
    { text: '[voice note]', kind: 'voice' },
  ),
  tw(
    'a document',
    { Body: '', NumMedia: '1', MediaContentType0: 'application/pdf' },
    { text: '[document]', kind: 'document' },
  ),
  tw(
    'location',
    { Body: '', Latitude: '1', Longitude: '2', Label: 'Café' },
    { text: '[location] Café', kind: 'location' },
  ),
  tw('a button', { Body: 'Sí', ButtonText: 'Sí', ButtonPayload: 'yes' }, { text: 'Sí', kind: 'button' }),
  tw('delivered', { ...out, MessageStatus: 'delivered', SmsStatus: 'delivered' }, { way: 'outbound', type: 'status' }),
  tw(
    'undelivered',
    { ...out, MessageStatus: 'undelivered', ErrorCode: '30005' },
    {
      way: 'outbound',
      notices: [{ status: 'undelivered', code: '30005', message_id: 'SM1', contact: '+34600000001' }],
    },
  ),
  row(
    'Twilio: a call',
    'twilio',
    {
      AccountSid: 'AC1',
      CallSid: 'CA1',
      CallStatus: 'ringing',
      Direction: 'inbound',
      From: '+34600000001',
      To: OURS.plus,
    },
    { contact: '+34600000001', way: 'inbound', id: 'CA1', type: 'call' },
  ),
  row(
    'Twilio: speech in a call',
    'twilio',
    {
      AccountSid: 'AC1',
      CallSid: 'CA1',
      Direction: 'inbound',
      From: '+34600000001',
      To: OURS.plus,
      SpeechResult: 'quiero una cita',
    },
    { contact: '+34600000001', way: 'inbound', id: 'CA1', text: 'quiero una cita', kind: 'text' },
  ),
  row(
    'Twilio: speech in a call that we made',
    'twilio',
    { AccountSid: 'AC1', CallSid: 'CA1', Direction: 'outbound-api', ...out, SpeechResult: 'sí' },
    { contact: '+34600000001', way: 'inbound', id: 'CA1', text: 'sí', kind: 'text' },
  ),
  row(
    'Twilio: a call that we made',
    'twilio',
    { AccountSid: 'AC1', CallSid: 'CA1', CallStatus: 'completed', Direction: 'outbound-api', ...out },
    { contact: '+34600000001', way: 'outbound', id: 'CA1' },
  ),
  row('Twilio Conversations: from a telephone', 'twilio', conversation({}), {
    contact: '+34600000001',
    way: 'inbound',
    id: 'IM1',
    text: 'Hola',
    kind: 'text',
  }),
  row(
    'Twilio Conversations: what an agent wrote',
    'twilio',
    conversation({ Author: OURS.staff, Source: 'SDK', Body: 'Te espero' }),
    { way: 'outbound', id: 'IM1', text: 'Te espero', kind: 'text' },
  ),
  row(
    'Twilio Conversations: what our API wrote',
    'twilio',
    conversation({ Author: OURS.plus, Source: 'API', Body: 'Te espero' }),
    { way: 'outbound', id: 'IM1', text: 'Te espero', kind: 'text' },
  ),
  row(
    'Twilio Conversations: not delivered',
    'twilio',
    {
      AccountSid: 'AC1',
      ConversationSid: 'CH1',
      MessageSid: 'IM1',
      EventType: 'onDeliveryUpdated',
      Status: 'undelivered',
      ErrorCode: '63016',
    },
    { way: 'outbound', id: 'IM1', notices: [{ status: 'undelivered', code: '63016', message_id: 'IM1' }] },
  ),
  withHeaders(
    { 'x-twilio-signature': 's' },
    row(
      'Twilio: by its header',
      'twilio',
      { SmsSid: 'SM1', From: '+34600000001', To: OURS.plus, Body: 'Hola' },
      { contact: '+34600000001', way: 'inbound', id: 'SM1', text: 'Hola', kind: 'text' },
    ),
  ),
  row(
    'Telnyx: SMS',
    'telnyx',
    telnyx('message.received', {
      direction: 'inbound',
      from: { phone_number: '+34600000001' },
      to: [{ phone_number: OURS.plus }],
      text: 'Hola',
    }),
    { contact: '+34600000001', way: 'inbound', id: 'msg1', text: 'Hola', kind: 'text' },
  ),
  row(
    'Telnyx: MMS',
    'telnyx',
    telnyx('message.received', {
      direction: 'inbound',
      from: { phone_number: '+34600000001' },
      to: [{ phone_number: OURS.plus }],
      text: '',
      media: [{ content_type: 'image/png', url: 'u' }],
    }),
    { contact: '+34600000001', way: 'inbound', id: 'msg1', text: '[image]', kind: 'image' },
  ),
  row(
    'Telnyx: not delivered',
    'telnyx',
    telnyx('message.finalized', {
      direction: 'outbound',
      from: { phone_number: OURS.plus },
      to: [{ phone_number: '+34600000001', status: 'delivery_failed' }],
      errors: [{ code: '40001', title: 'Not routable' }],
    }),
    {
      contact: '+34600000001',
      way: 'outbound',
      id: 'msg1',
      notices: [
        {
          status: 'delivery_failed',
          code: '40001',
          reason: 'Not routable',
          message_id: 'msg1',
          contact: '+34600000001',
        },
      ],
    },
  ),
  row(
    'Telnyx: a call',
    'telnyx',
    telnyx('call.initiated', {
      id: undefined,
      call_session_id: 'cs1',
      direction: 'incoming',
      from: '+34600000001',
      to: OURS.plus,
    }),
    { contact: '+34600000001', way: 'inbound', id: 'cs1', type: 'call.initiated' },
  ),
  row(
    'AWS SMS',
    'aws-sms',
    { originationNumber: '+34600000001', destinationNumber: OURS.plus, messageBody: 'Hola', inboundMessageId: 'in1' },
    { contact: '+34600000001', way: 'inbound', id: 'in1', text: 'Hola', kind: 'text' },
  ),
];
