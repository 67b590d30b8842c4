import { halves, type FakeFormat, type Said } from './model-formats.js';

const ids = (said: Said) => said.tools.map((tool, i) => ({ ...tool, id: tool.id ?? `call_${i + 1}` }));

const usage = ({ usage: { input, output, cached = 0, reasoning = 0 } }: Said) => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
  prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: reasoning, audio_tokens: 0 },
});

const error = ({ code, message }: { code: string; message: string }) => ({
  error: { message, type: 'invalid_request_error', param: null, code },
});

const finish = ({ tools }: Said) => (tools.length > 0 ? 'tool_calls' : 'stop');

/** Chat completions, of OpenAI and everything compatible. */
export const CHAT: FakeFormat = {
  match: (path) => path.endsWith('/chat/completions'),
  plain: (said) => ({
    id: 'chatcmpl-fake',
    object: 'chat.completion',
    created: 0,
    model: said.model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: said.text === '' ? null : said.text,
          refusal: null,
          ...(said.reasoning !== '' && { reasoning_content: said.reasoning }),
          ...(said.tools.length > 0 && {
            tool_calls: ids(said).map((tool) => ({
              id: tool.id,
              type: 'function',
              function: { name: tool.name, arguments: JSON.stringify(tool.arguments) },
            })),
          }),
        },
        finish_reason: finish(said),
      },
    ],
    usage: usage(said),
  }),
  stream: (said, { body }) => {
    const chunk = (delta: object, reason: string | null = null) => ({
      id: 'chatcmpl-fake',
      object: 'chat.completion.chunk',
      created: 0,
      model: said.model,
      choices: [{ index: 0, delta, finish_reason: reason }],
    });
    const asked = (body.stream_options as { include_usage?: boolean } | undefined)?.include_usage;
    return [
      chunk({ role: 'assistant', content: '' }),
      ...(said.reasoning === '' ? [] : [chunk({ reasoning_content: said.reasoning })]),
      ...said.words.map((content) => chunk({ content })),
      ...ids(said).flatMap(({ id, name, arguments: args }, index) => [
        chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] }),
        ...halves(JSON.stringify(args)).map((part) =>
          chunk({ tool_calls: [{ index, function: { arguments: part } }] }),
        ),
      ]),
      chunk({}, finish(said)),
      ...(asked ? [{ ...chunk({}), choices: [], usage: usage(said) }] : []),
      '[DONE]',
    ];
  },
  error,
};

const items = (said: Said) => [
  ...(said.reasoning === ''
    ? []
    : [{ id: 'rs_1', type: 'reasoning', summary: [{ type: 'summary_text', text: said.reasoning }] }]),
  ...(said.text === ''
    ? []
    : [
        {
          id: 'msg_1',
          type: 'message',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: said.text, annotations: [] }],
        },
      ]),
  ...ids(said).map(({ id, name, arguments: args }) => ({
    id: `fc_${id}`,
    type: 'function_call',
    call_id: id,
    name,
    arguments: JSON.stringify(args),
  })),
];

const response = (said: Said) => ({
  id: 'resp_fake',
  object: 'response',
  status: 'completed',
  error: null,
  incomplete_details: null,
  model: said.model,
  output: items(said),
  usage: {
    input_tokens: said.usage.input,
    input_tokens_details: { cached_tokens: said.usage.cached ?? 0 },
    output_tokens: said.usage.output,
    output_tokens_details: { reasoning_tokens: said.usage.reasoning ?? 0 },
    total_tokens: said.usage.input + said.usage.output,
  },
});

/** The Responses API. */
export const RESPONSES: FakeFormat = {
  match: (path) => path.endsWith('/responses'),
  plain: response,
  framing: 'named',
  stream: (said) => {
    const whole = response(said);
    const text = items(said).findIndex(({ type }) => type === 'message');
    return [
      { type: 'response.created', response: { ...whole, status: 'in_progress', output: [], usage: null } },
      ...items(said).flatMap((item, output_index) => [
        { type: 'response.output_item.added', output_index, item: { ...item, content: [], arguments: '' } },
        ...(output_index === text
          ? said.words.map((delta) => ({ type: 'response.output_text.delta', output_index, content_index: 0, delta }))
          : []),
        ...('arguments' in item
          ? halves(item.arguments).map((delta) => ({
              type: 'response.function_call_arguments.delta',
              output_index,
              item_id: item.id,
              delta,
            }))
          : []),
        { type: 'response.output_item.done', output_index, item },
      ]),
      { type: 'response.completed', response: whole },
    ].map((event, sequence_number) => ({ ...event, sequence_number }));
  },
  error: ({ status, code, message }) => (status === 200 ? { type: 'error', code, message } : error({ code, message })),
};

/** Embeddings: three numbers for each text, in base64 where the SDK asks for it. */
export const EMBEDDINGS: FakeFormat = {
  match: (path) => path.endsWith('/embeddings'),
  plain: (said, { body }) => {
    const texts = Array.isArray(body.input) ? body.input : [body.input];
    const numbers = [0.25, 0.5, 1];
    const embedding =
      body.encoding_format === 'base64' ? Buffer.from(new Float32Array(numbers).buffer).toString('base64') : numbers;
    return {
      object: 'list',
      data: texts.map((_, index) => ({ object: 'embedding', index, embedding })),
      model: said.model,
      usage: { prompt_tokens: said.usage.input, total_tokens: said.usage.input },
    };
  },
  error,
};
