import assert from 'node:assert/strict';
import { COMPLETED, eventOf, expectTrace } from '../expect-trace.mjs';

const PATH = '/webhook/whatsapp';

export const env = {
  WHATSAPP_APP_SECRET: 'app secret',
  WHATSAPP_VERIFY_TOKEN: 'verify token',
  WHATSAPP_PHONE_ID: '106540352242922',
  WHATSAPP_TOKEN: 'EAAfaketokenofwhatsapp0123456789',
};

export const sample = ({ whatsappCloud }) => ({
  path: PATH,
  request: whatsappCloud({ message: 'Quiero agendar una cita', secret: env.WHATSAPP_APP_SECRET }),
});

export async function run({ step, send, ask, traceOf, fakes, webhooks }) {
  await step('the registration of the address is answered, and is no trace', async () => {
    const query = 'hub.mode=subscribe&hub.verify_token=verify%20token&hub.challenge=1158201444';
    const { status, text, traceId } = await send(`${PATH}?${query}`, { method: 'GET' });
    assert.deepEqual([status, text, traceId], [200, '1158201444', null]);
    assert.equal((await ask('traces')).count, 0);
  });
  await step('a message is acknowledged, answered, and its trace has the reply', async () => {
    const { path, request } = sample(webhooks);
    const response = await send(path, request);
    assert.deepEqual([response.status, response.text], [200, 'EVENT_RECEIVED']);
    const trace = await traceOf(response);
    const lines = [
      "📥 Received: 'Quiero agendar una cita'",
      '🤖 Agent: sofia',
      "📤 Sent: '¡Perfecto! Tengo estos horarios: lunes 10:00, mart...'",
    ];
    expectTrace(trace, { status: 'completed', lines, hints: COMPLETED });
    assert.equal(trace.contact_id, '34600000001');
    const { data } = eventOf(trace, 'message_sent');
    assert.deepEqual([data.provider, data.channel, data.to], ['meta', 'whatsapp', '34600000001']);
    assert.match(data.message_id, /^wamid\.out-/);
    assert.equal(fakes.calls.at(-1).headers.authorization, `Bearer ${env.WHATSAPP_TOKEN}`);
    assert.ok(!JSON.stringify(trace).includes(env.WHATSAPP_TOKEN), 'the access token is in the trace');
  });
  await step('a reply that Meta refuses is in the trace with its reason', async () => {
    const secret = env.WHATSAPP_APP_SECRET;
    const request = webhooks.whatsappCloud({ contactId: '34600000131', message: 'Hola', secret });
    const trace = await traceOf(await send(PATH, request));
    assert.equal(eventOf(trace, 'message_failed').data.code, '131047');
    assert.equal(trace.status, 'silent');
    assert.ok(trace.debug_hints.some((hint) => hint.startsWith('📵 The reply was refused: meta 400 131047')));
  });
  await step('a wrong signature is refused, and its trace says by which guard', async () => {
    const response = await send(PATH, webhooks.whatsappCloud({ message: 'Hola', secret: 'another secret' }));
    assert.equal(response.status, 401);
    const trace = await traceOf(response);
    const lines = [
      "📥 Received: 'Hola'",
      '❌ ERROR: POST /webhook/whatsapp: The signature does not match the body',
      '🚫 Rejected: HTTP 401 after N ms',
    ];
    const hints = ['🚫 Refused: HTTP 401 by MetaSignatureGuard: The signature does not match the body'];
    expectTrace(trace, { status: 'error', lines, hints });
  });
}
