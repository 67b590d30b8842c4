import { sendEvents, sendJson } from './answers.mjs';

/** OpenAI: Chat Completions as a stream, and Responses. A prompt with `saldo` is refused: the account has no credit. */
export function openai(call, response) {
  if (JSON.stringify(call.body).includes('saldo')) {
    const error = {
      message: 'You exceeded your current quota',
      type: 'insufficient_quota',
      code: 'insufficient_quota',
    };
    return sendJson(response, 429, { error }, { 'retry-after-ms': '10', 'x-request-id': 'req_fake_429' });
  }
  return call.path.startsWith('/v1/responses') ? responses(call.body, response) : chat(call.body, response);
}

function chat({ model }, response) {
  const chunk = (delta, finish_reason = null) => ({
    id: 'chatcmpl-fake',
    object: 'chat.completion.chunk',
    created: 1_760_000_000,
    model,
    choices: [{ index: 0, delta, finish_reason }],
  });
  const words = ['Abrimos ', 'a las ', '10:00.'].map((content) => chunk({ content }));
  const usage = {
    prompt_tokens: 812,
    completion_tokens: 64,
    total_tokens: 876,
    prompt_tokens_details: { cached_tokens: 512 },
  };
  const parts = [
    chunk({ role: 'assistant', content: '' }),
    ...words,
    chunk({}, 'stop'),
    { ...chunk({}), choices: [], usage },
  ];
  const data = [...parts, '[DONE]'].map((part) => ({ data: part }));
  sendEvents(response, data, { 'x-request-id': 'req_fake_200' });
}

/** First a call of the tool, then, when its output is in the input, the answer. */
function responses({ model, input }, response) {
  const ran = input.some(({ type }) => type === 'function_call_output');
  const call = { type: 'function_call', id: 'fc_1', call_id: 'call_1', status: 'completed', name: 'find_slots' };
  const text = '¡Perfecto! Tengo estos horarios: 10:00, 16:00';
  const output = ran
    ? {
        type: 'message',
        id: 'msg_1',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text, annotations: [] }],
      }
    : { ...call, arguments: '{"day":"lunes"}' };
  sendJson(response, 200, {
    id: ran ? 'resp_2' : 'resp_1',
    object: 'response',
    created_at: 1_760_000_000,
    status: 'completed',
    model,
    output: [output],
    usage: {
      input_tokens: ran ? 140 : 100,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: ran ? 20 : 12,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: ran ? 160 : 112,
    },
  });
}
