import { sendEvents, sendJson } from './answers.mjs';

/**
 * Anthropic's Messages as a stream: first a call of the tool, with the day that the message names, then the answer. A
 * message with `bucle` makes it ask for tools without end.
 */
export function anthropic({ body }, response) {
  if (!body.stream) return sendJson(response, 400, { type: 'error', error: { type: 'invalid_request_error' } });
  const { messages } = body;
  const asked = messages[0].content;
  const result = messages.at(-1).content.find?.((block) => block.type === 'tool_result');
  if (result && !asked.includes('bucle'))
    return stream(response, body, {
      block: { type: 'text', text: '' },
      delta: {
        type: 'text_delta',
        text: result.is_error ? 'Ese día no hay citas.' : `Tengo estos horarios: ${result.content}`,
      },
      stop: 'end_turn',
      tokens: [180, 24],
    });
  const day = /domingo/i.test(asked) ? 'domingo' : 'lunes';
  stream(response, body, {
    block: { type: 'tool_use', id: `toolu_${messages.length}`, name: 'find_slots', input: {} },
    delta: { type: 'input_json_delta', partial_json: JSON.stringify({ day }) },
    stop: 'tool_use',
    tokens: [120, 30],
  });
}

function stream(response, { model }, { block, delta, stop, tokens: [input, output] }) {
  const usage = { input_tokens: input, output_tokens: 1 };
  const message = { id: 'msg_fake', type: 'message', role: 'assistant', model, content: [], stop_reason: null, usage };
  const events = [
    { type: 'message_start', message },
    { type: 'content_block_start', index: 0, content_block: block },
    { type: 'content_block_delta', index: 0, delta },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: stop, stop_sequence: null }, usage: { output_tokens: output } },
    { type: 'message_stop' },
  ].map((data) => ({ event: data.type, data }));
  sendEvents(response, events, { 'request-id': 'req_fake' });
}
