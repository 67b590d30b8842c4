import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { COMPLETED, eventOf, expectTrace } from '../expect-trace.mjs';

/** In the place of HighLevel's own keys. */
const { publicKey, privateKey } = generateKeyPairSync('ed25519');

const PATH = '/webhooks/highlevel';

export const env = {
  HIGHLEVEL_PUBLIC_KEY: publicKey.export({ type: 'spki', format: 'pem' }),
  HIGHLEVEL_TOKEN: 'pit-fake-0123456789abcdef',
  HIGHLEVEL_CALENDAR: 'cal0123456789abcdef',
};

function signed(request, key = privateKey) {
  const signature = sign(null, Buffer.from(request.body), key).toString('base64');
  return { ...request, headers: { 'content-type': 'application/json', 'x-ghl-signature': signature } };
}

export const sample = ({ gohighlevel }) => ({
  path: PATH,
  request: signed(gohighlevel({ contactId: 'z49hFQn0DxOX5sInJg60', message: 'Quiero agendar una cita' })),
});

export async function run({ step, send, traceOf, fakes, webhooks }) {
  await step('a lead is scored, routed and answered', async () => {
    const { path, request } = sample(webhooks);
    const response = await send(path, request);
    assert.equal(response.status, 200);
    const trace = await traceOf(response);
    const lines = [
      "📥 Received: 'Quiero agendar una cita'",
      '🧠 Intelligence: score=8',
      '🔀 Route: supervisor → sofia',
      '🤖 Agent: sofia',
      '🔧 Tool: check_calendar_availability',
      "📤 Sent: '¡Perfecto! Tengo estos horarios: lunes 10:00, mart...'",
    ];
    expectTrace(trace, { status: 'completed', lines, hints: COMPLETED });
    assert.equal(trace.contact_id, 'z49hFQn0DxOX5sInJg60');
    assert.deepEqual(trace.summary.routing_path, ['supervisor → sofia']);
    const { data } = eventOf(trace, 'message_sent');
    assert.deepEqual([data.provider, data.channel, data.message_id], ['gohighlevel', 'sms', 'message-out-1']);
    assert.equal(fakes.calls.length, 2);
    assert.ok(!JSON.stringify(trace).includes(env.HIGHLEVEL_TOKEN), 'the access token is in the trace');
  });
  await step('a signature of another key, and none, are refused', async () => {
    const { privateKey: other } = generateKeyPairSync('ed25519');
    const [first, second] = ['1', '2'].map((messageId) =>
      webhooks.gohighlevel({ contactId: 'eva', message: 'Hola', messageId }),
    );
    const unsigned = { ...second, headers: { 'content-type': 'application/json' } };
    for (const request of [signed(first, other), unsigned]) {
      const response = await send(PATH, request);
      assert.equal(response.status, 401);
      const trace = await traceOf(response);
      const lines = [
        "📥 Received: 'Hola'",
        '❌ ERROR: POST /webhooks/highlevel: The signature does not match the body',
        '🚫 Rejected: HTTP 401 after N ms',
      ];
      const hints = ['🚫 Refused: HTTP 401 by HighLevelSignatureGuard: The signature does not match the body'];
      expectTrace(trace, { status: 'error', lines, hints });
    }
  });
}
