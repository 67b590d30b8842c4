import assert from 'node:assert/strict';
import { COMPLETED, eventOf, expectTrace } from '../expect-trace.mjs';

const PATH = '/webhook/telegram';

export const env = {
  TELEGRAM_SECRET: 'a-secret-of-setWebhook',
  TELEGRAM_TOKEN: '7000000001:AAFakeTokenOfTheBot0123456789abcdef',
};

export const sample = ({ telegram }) => ({
  path: PATH,
  request: telegram({ contactId: '1000001', message: 'Hola', secret: env.TELEGRAM_SECRET }),
});

export async function run({ step, send, traceOf, fakes, webhooks }) {
  await step('an update is answered, and its trace has the reply but not the token', async () => {
    const { path, request } = sample(webhooks);
    const response = await send(path, request);
    assert.equal(response.status, 200);
    const trace = await traceOf(response);
    const lines = ["📥 Received: 'Hola'", '🤖 Agent: maria', "📤 Sent: 'Recibí: Hola'"];
    expectTrace(trace, { status: 'completed', lines, hints: COMPLETED });
    const { data } = eventOf(trace, 'message_sent');
    assert.deepEqual(
      [data.provider, data.channel, data.to, data.message_id],
      ['telegram', 'telegram', '1000001', '501'],
    );
    assert.equal(fakes.calls.at(-1).path, `/bot${env.TELEGRAM_TOKEN}/sendMessage`);
    const [, secretPart] = env.TELEGRAM_TOKEN.split(':');
    assert.ok(!JSON.stringify(trace).includes(secretPart), "the bot's token is in the trace");
    assert.ok(!JSON.stringify(trace).includes(env.TELEGRAM_SECRET), 'the secret token is in the trace');
  });
  await step('a wrong secret token is refused', async () => {
    const response = await send(PATH, webhooks.telegram({ message: 'Hola', secret: 'a guess' }));
    assert.equal(response.status, 401);
    const lines = [
      "📥 Received: 'Hola'",
      '❌ ERROR: POST /webhook/telegram: The secret token is wrong',
      '🚫 Rejected: HTTP 401 after N ms',
    ];
    const hints = ['🚫 Refused: HTTP 401 by SecretTokenGuard: The secret token is wrong'];
    expectTrace(await traceOf(response), { status: 'error', lines, hints });
  });
}
