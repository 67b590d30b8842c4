import { sendJson } from './answers.mjs';

/** WhatsApp's Graph API. A message with `bloqueado` is refused, as outside of the 24 hours. */
export function whatsapp({ body }, response) {
  const text = body.text?.body ?? '';
  if (body.to === '34600000131') {
    const error = {
      message: '(#131047) Re-engagement message',
      type: 'OAuthException',
      code: 131047,
      error_data: { details: 'More than 24 hours have passed since the recipient last replied' },
    };
    return sendJson(response, 400, { error });
  }
  const contacts = [{ input: body.to, wa_id: body.to }];
  sendJson(response, 200, { messaging_product: 'whatsapp', contacts, messages: [{ id: `wamid.out-${text.length}` }] });
}

/** HighLevel's calendars and conversations. */
export function goHighLevel({ path }, response) {
  if (path.includes('/free-slots')) return sendJson(response, 200, { slots: ['lunes 10:00', 'martes 16:00'] });
  sendJson(response, 201, { conversationId: 'conversation-1', messageId: 'message-out-1' });
}

/** Telegram's Bot API. */
export function telegram({ body }, response) {
  const chat = { id: body.chat_id, type: 'private' };
  sendJson(response, 200, { ok: true, result: { message_id: 501, chat, date: 1_760_000_000, text: body.text } });
}

/** Where OpenTelemetry exports to. */
export function openTelemetryCollector(_call, response) {
  sendJson(response, 200, { partialSuccess: {} });
}
