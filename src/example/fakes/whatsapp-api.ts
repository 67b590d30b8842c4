import { pause } from '../pace.js';
import { FakeApi, sendJson } from './fake-api.js';

/** A contact that wrote last more than 24 hours ago: WhatsApp takes only templates for it. */
export const CLOSED_WINDOW = '5215500131047';

/** Imitates `POST /v21.0/{phone number id}/messages` of the WhatsApp Cloud API. */
export function startWhatsAppApi(): Promise<FakeApi> {
  let sent = 0;
  return FakeApi.start(async ({ body }, response) => {
    await pause(60);
    const to = String(body.to);
    if (to === CLOSED_WINDOW) {
      return sendJson(response, 400, {
        error: {
          message: '(#131047) Re-engagement message',
          type: 'OAuthException',
          code: 131047,
          error_data: {
            messaging_product: 'whatsapp',
            details: 'More than 24 hours have passed since the last message.',
          },
          fbtrace_id: 'Az8or2yhqkZfEZ-_4Qn_Bam',
        },
      });
    }
    sent += 1;
    sendJson(response, 200, {
      messaging_product: 'whatsapp',
      contacts: [{ input: to, wa_id: to }],
      messages: [{ id: `wamid.${sent}` }],
    });
  });
}
