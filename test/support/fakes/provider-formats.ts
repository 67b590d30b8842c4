import { halves, type FakeFormat, type Said } from './model-formats.js';

const anthropicUsage = ({ usage: { input, output, cached = 0 } }: Said) => ({
  // Anthropic's input has no cached tokens.
  input_tokens: input - cached,
  cache_read_input_tokens: cached,
  cache_creation_input_tokens: 0,
  output_tokens: output,
});

const blocks = (said: Said) => [
  ...(said.reasoning === '' ? [] : [{ type: 'thinking', thinking: said.reasoning, signature: 'c2ln' }]),
  ...(said.text === '' ? [] : [{ type: 'text', text: said.text }]),
  ...said.tools.map((tool, i) => ({
    type: 'tool_use',
    id: tool.id ?? `toolu_${i + 1}`,
    name: tool.name,
    input: tool.arguments,
  })),
];

const stopReason = ({ tools }: Said) => (tools.length > 0 ? 'tool_use' : 'end_turn');

const message = (said: Said) => ({
  id: 'msg_fake',
  type: 'message',
  role: 'assistant',
  model: said.model,
  content: blocks(said),
  stop_reason: stopReason(said),
  stop_sequence: null,
  usage: anthropicUsage(said),
});

function deltas(said: Said, block: { type: string; input?: object }): object[] {
  if (block.type === 'text') return said.words.map((text) => ({ type: 'text_delta', text }));
  if (block.type === 'thinking') return [{ type: 'thinking_delta', thinking: said.reasoning }];
  return halves(JSON.stringify(block.input)).map((partial_json) => ({ type: 'input_json_delta', partial_json }));
}

const messageEvents = (said: Said) => [
  {
    type: 'message_start',
    message: { ...message(said), content: [], stop_reason: null, usage: { ...anthropicUsage(said), output_tokens: 1 } },
  },
  ...blocks(said).flatMap((block, index) => [
    {
      type: 'content_block_start',
      index,
      content_block: {
        ...block,
        ...('text' in block && { text: '' }),
        ...('thinking' in block && { thinking: '' }),
        ...('input' in block && { input: {} }),
      },
    },
    ...deltas(said, block).map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ]),
  {
    type: 'message_delta',
    delta: { stop_reason: stopReason(said), stop_sequence: null },
    usage: { output_tokens: said.usage.output },
  },
  { type: 'message_stop' },
];

/** Anthropic's messages. */
export const MESSAGES: FakeFormat = {
  match: (path) => path.endsWith('/messages'),
  plain: message,
  framing: 'named',
  stream: messageEvents,
  error: ({ code, message: text }) => ({ type: 'error', error: { type: code, message: text } }),
};

const parts = (said: Said, texts: string[]) => [
  ...(said.reasoning === '' ? [] : [{ text: said.reasoning, thought: true }]),
  ...texts.map((text) => ({ text })),
  ...said.tools.map((tool) => ({ functionCall: { name: tool.name, args: tool.arguments } })),
];

const candidate = (said: Said, list: object[], last: boolean) => ({
  candidates: [{ index: 0, content: { role: 'model', parts: list }, ...(last && { finishReason: 'STOP' }) }],
  modelVersion: said.model,
  responseId: 'fake',
  ...(last && {
    usageMetadata: {
      promptTokenCount: said.usage.input,
      cachedContentTokenCount: said.usage.cached ?? 0,
      candidatesTokenCount: said.usage.output - (said.usage.reasoning ?? 0),
      thoughtsTokenCount: said.usage.reasoning ?? 0,
      totalTokenCount: said.usage.input + said.usage.output,
    },
  }),
});

/** Gemini, of the Gemini API and of Vertex. */
export const GEMINI: FakeFormat = {
  match: (path) => /:(?:generateContent|streamGenerateContent)$/.test(path),
  plain: (said) => candidate(said, parts(said, said.text === '' ? [] : [said.text]), true),
  stream: (said) => {
    const list = parts(said, said.words);
    return list.map((part, i) => candidate(said, [part], i === list.length - 1));
  },
  error: ({ status, code, message: text }) => ({ error: { code: status, message: text, status: code } }),
};

/** Version 2 of Cohere's chat, not streamed. */
export const COHERE: FakeFormat = {
  match: (path) => path.endsWith('/v2/chat'),
  plain: (said) => ({
    id: 'fake',
    finish_reason: said.tools.length > 0 ? 'TOOL_CALL' : 'COMPLETE',
    message: {
      role: 'assistant',
      content: said.text === '' ? [] : [{ type: 'text', text: said.text }],
      tool_calls: said.tools.map((tool, i) => ({
        id: tool.id ?? `call_${i + 1}`,
        type: 'function',
        function: { name: tool.name, arguments: JSON.stringify(tool.arguments) },
      })),
    },
    usage: { tokens: { input_tokens: said.usage.input, output_tokens: said.usage.output } },
  }),
  error: ({ message: text }) => ({ message: text }),
};

const converseUsage = ({ usage: { input, output, cached = 0 } }: Said) => ({
  inputTokens: input - cached,
  outputTokens: output,
  totalTokens: input + output,
  cacheReadInputTokens: cached,
});

/** Bedrock's Converse and ConverseStream. */
export const CONVERSE: FakeFormat = {
  match: (path) => /\/converse(?:-stream)?$/.test(path),
  plain: (said) => ({
    output: {
      message: {
        role: 'assistant',
        content: [
          ...(said.text === '' ? [] : [{ text: said.text }]),
          ...said.tools.map((tool, i) => ({
            toolUse: { toolUseId: tool.id ?? `t${i + 1}`, name: tool.name, input: tool.arguments },
          })),
        ],
      },
    },
    stopReason: stopReason(said),
    usage: converseUsage(said),
    metrics: { latencyMs: 1 },
  }),
  framing: 'frames',
  stream: (said) => [
    { messageStart: { role: 'assistant' } },
    ...said.words.map((text) => ({ contentBlockDelta: { contentBlockIndex: 0, delta: { text } } })),
    ...said.tools.flatMap((tool, i) => [
      {
        contentBlockStart: {
          contentBlockIndex: i + 1,
          start: { toolUse: { toolUseId: tool.id ?? `t${i + 1}`, name: tool.name } },
        },
      },
      ...halves(JSON.stringify(tool.arguments)).map((input) => ({
        contentBlockDelta: { contentBlockIndex: i + 1, delta: { toolUse: { input } } },
      })),
    ]),
    { messageStop: { stopReason: stopReason(said) } },
    { metadata: { usage: converseUsage(said), metrics: { latencyMs: 1 } } },
  ],
  error: ({ message: text }) => ({ message: text }),
};

/** Bedrock's InvokeModel with a model of Anthropic. */
export const INVOKE: FakeFormat = {
  match: (path) => /\/invoke(?:-with-response-stream)?$/.test(path),
  plain: message,
  framing: 'chunks',
  stream: messageEvents,
  error: ({ message: text }) => ({ message: text }),
};

/** Ollama's chat. */
export const OLLAMA: FakeFormat = {
  match: (path) => path.endsWith('/api/chat'),
  plain: (said) => ({ ...line(said, said.text, said.tools), ...ollamaEnd(said) }),
  framing: 'lines',
  stream: (said) => [
    ...said.words.map((word) => line(said, word, [])),
    ...(said.tools.length > 0 ? [line(said, '', said.tools)] : []),
    { ...line(said, '', []), ...ollamaEnd(said) },
  ],
  error: ({ message: text }) => ({ error: text }),
};

function line(said: Said, content: string, tools: Said['tools']): object {
  return {
    model: said.model,
    done: false,
    message: {
      role: 'assistant',
      content,
      ...(tools.length > 0 && {
        tool_calls: tools.map((tool) => ({ function: { name: tool.name, arguments: tool.arguments } })),
      }),
    },
  };
}

function ollamaEnd({ usage: { input, output } }: Said): object {
  return { done: true, done_reason: 'stop', prompt_eval_count: input, eval_count: output };
}
