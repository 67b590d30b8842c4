import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { COMPLETED, expectTrace } from '../expect-trace.mjs';

export async function run({ step, url, until, traceOf, cwd }) {
  const WebSocket = createRequire(join(cwd, 'package.json'))('ws');
  const socket = new WebSocket(url.replace('http', 'ws'));
  await once(socket, 'open');
  const chat = (data) => socket.send(JSON.stringify({ event: 'chat', data }));
  const traceFor = async (contact) => {
    const found = ({ traces }) => traces.find(({ contact_id }) => contact_id === contact);
    return traceOf({ traceId: (await until('traces', found)).trace_id });
  };
  await step('a message is a trace with its reply', async () => {
    chat({ contactId: 'ana', body: 'Hola' });
    const [answer] = await once(socket, 'message');
    assert.deepEqual(JSON.parse(answer), { event: 'reply', data: 'Recibí: Hola' });
    const lines = ["📥 Received: 'Hola'", '🤖 Agent: maria', "📤 Sent: 'Recibí: Hola'"];
    expectTrace(await traceFor('ana'), { status: 'completed', lines, hints: COMPLETED });
  });
  await step('another message of the same connection is another trace, with its error', async () => {
    chat({ contactId: 'eva', body: '' });
    const lines = [
      '📥 Received: WS chat (chat)',
      '🤖 Agent: maria',
      '❌ ERROR: maria: The message is empty',
      '📝 error [WsExceptionsHandler] The message is empty',
    ];
    const hints = ['❌ Error in maria: The message is empty'];
    expectTrace(await traceFor('eva'), { status: 'error', lines, hints });
  });
  socket.terminate();
}
