import assert from 'node:assert/strict';
import { COMPLETED, eventOf, expectTrace } from '../expect-trace.mjs';

const PATH = '/webhook/twilio';

export const env = { TWILIO_AUTH_TOKEN: '0123456789abcdef0123456789abcdef', PUBLIC_URL: 'https://bot.example.com' };

const parts = { contactId: '+34600000001', url: env.PUBLIC_URL + PATH };

export const sample = ({ twilio }) => ({
  path: PATH,
  request: twilio({ ...parts, message: '¿Qué precio tiene?', secret: env.TWILIO_AUTH_TOKEN }),
});

export async function run({ step, send, traceOf, webhooks }) {
  await step('an SMS is answered by TwiML, and the trace has its text as the reply', async () => {
    const { path, request } = sample(webhooks);
    const response = await send(path, request);
    assert.equal(response.status, 200);
    assert.match(response.text, /<Message>El plan básico cuesta 20 &#38; el plan pro 35<\/Message>/);
    const trace = await traceOf(response);
    const lines = [
      "📥 Received: '¿Qué precio tiene?'",
      '🤖 Agent: carlos',
      "📤 Sent: 'El plan básico cuesta 20 & el plan pro 35'",
    ];
    expectTrace(trace, { status: 'completed', lines, hints: COMPLETED });
    assert.equal(trace.contact_id, '+34600000001');
    const { data } = eventOf(trace, 'message_sent');
    assert.deepEqual([data.via, data.channel], ['response', 'sms']);
  });
  await step('a signature over another body is refused', async () => {
    const { request } = sample(webhooks);
    const body = request.body.replace('precio', 'regalo');
    const response = await send(PATH, { ...request, body });
    assert.equal(response.status, 401);
    const lines = [
      "📥 Received: '¿Qué regalo tiene?'",
      '❌ ERROR: POST /webhook/twilio: The signature does not match the request',
      '🚫 Rejected: HTTP 401 after N ms',
    ];
    const hints = ['🚫 Refused: HTTP 401 by TwilioSignatureGuard: The signature does not match the request'];
    expectTrace(await traceOf(response), { status: 'error', lines, hints });
  });
}
