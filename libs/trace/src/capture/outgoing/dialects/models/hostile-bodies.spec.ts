import { array, assert, constantFrom, double, nat, property, record, tuple, uint8Array } from 'fast-check';
import { readCall, type WireCall } from '../../../../../../../test/support/fakes/model-call.js';
import { replyIn, type FakeFormat } from '../../../../../../../test/support/fakes/model-formats.js';
import { CHAT, EMBEDDINGS, RESPONSES } from '../../../../../../../test/support/fakes/openai-formats.js';
import {
  COHERE,
  CONVERSE,
  GEMINI,
  INVOKE,
  MESSAGES,
  OLLAMA,
} from '../../../../../../../test/support/fakes/provider-formats.js';
import { readChat } from '../../../../model/chat.js';

const PATHS: readonly [path: string, format: FakeFormat][] = [
  ['v1/chat/completions', CHAT],
  ['v1/responses', RESPONSES],
  ['v1/embeddings', EMBEDDINGS],
  ['anthropic/v1/messages', MESSAGES],
  ['v1beta/models/gemini:streamGenerateContent', GEMINI],
  ['cohere/v2/chat', COHERE],
  ['model/a.b/converse-stream', CONVERSE],
  ['model/a.b/invoke-with-response-stream', INVOKE],
  ['ollama/api/chat', OLLAMA],
];

const ANSWER = {
  text: 'Größe 17: one "moment", please.',
  reasoning: 'They want\na price.',
  tools: [{ name: 'quote', arguments: { tyres: 4 } }],
};

const BODY = {
  model: 'm',
  system: 'You sell tyres.',
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Look' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
      ],
    },
    { role: 'assistant', tool_calls: [{ id: 'c', function: { name: 'quote', arguments: '{"a":1}' } }] },
    { role: 'tool', tool_call_id: 'c', content: '{"left":3}' },
  ],
  contents: [{ role: 'user', parts: [{ text: 'Look' }, { functionResponse: { name: 'quote', response: {} } }] }],
  input: [{ type: 'function_call_output', call_id: 'c', output: 'x' }],
  tools: [{ name: 'quote' }],
};

const CALLS: readonly WireCall[] = PATHS.flatMap(([path, format]) =>
  [true, false].map((stream) => {
    const reply = replyIn(format, ANSWER, { path, model: 'm', stream, body: BODY });
    return {
      url: `http://127.0.0.1:1/${path}`,
      body: Buffer.from(JSON.stringify(BODY)),
      response: Buffer.concat(reply.parts.map((part) => Buffer.from(part as string))),
      responseHeaders: { 'content-type': reply.type },
    };
  }),
);

/** Values that replace others in a body. */
const VALUES = [
  'null',
  '[]',
  '{}',
  '""',
  '-1',
  'true',
  '[[[[]]]]',
  '{"__proto__":{"a":1}}',
  '"\\ud800"',
  '1e999',
  '{"index":1e9}',
];

const mutation = record({
  at: double({ min: 0, max: 1, noNaN: true }),
  kind: constantFrom('flip', 'cut', 'repeat', 'insert', 'value', 'drop'),
  bytes: uint8Array({ minLength: 1, maxLength: 12 }),
  value: constantFrom(...VALUES),
});

function mutate(
  body: Buffer,
  { at, kind, bytes, value }: { at: number; kind: string; bytes: Uint8Array; value: string },
): Buffer {
  const position = Math.min(body.length, Math.floor(at * body.length));
  const [head, tail] = [body.subarray(0, position), body.subarray(position)];
  if (kind === 'cut') return head;
  if (kind === 'repeat') return Buffer.concat([head, body.subarray(Math.max(0, position - 200), position), tail]);
  if (kind === 'insert') return Buffer.concat([head, bytes, tail]);
  if (kind === 'drop') return Buffer.concat([head, tail.subarray(bytes.length)]);
  if (kind === 'flip') return Buffer.concat([head, bytes, tail.subarray(bytes.length)]);
  // A whole value is replaced: the first number, text, array or object behind this place.
  const text = tail.toString('latin1').replace(/:\s*(?:"[^"]*"|\d+|\[[^\]]*\]|\{[^}]*\})/, () => `:${value}`);
  return Buffer.concat([head, Buffer.from(text, 'latin1')]);
}

/** Milliseconds of processor time: other processes of the machine do not count. */
function read(call: WireCall): number {
  const began = process.cpuUsage();
  const result = readCall(call);
  const { user, system } = process.cpuUsage(began);
  expect(result).toBeDefined();
  const size = (call.body as Buffer).length + (call.response as Buffer).length;
  const length = JSON.stringify(result).length;
  if (length > size * 4 + 2_000) throw new Error(`${length} characters were read of ${size} bytes`);
  readChat({ data: { input: result?.request?.input, output: result?.response.output } });
  return (user + system) / 1_000;
}

/** The best of three: a first run compiles, and any run may collect garbage. */
function cost(call: WireCall): number {
  let best = read(call);
  for (let run = 1; run < 3 && best >= MOST; run += 1) best = Math.min(best, read(call));
  return best;
}

/**
 * No speed, but a bound that only reading in more than linear time passes: a reader that was quadratic took 488 and 1,085 ms
 * of processor time for these 64 KB, a linear one takes 5 to 50 on a busy machine.
 */
const MOST = 300;

describe('hostile bodies', () => {
  it('are read without an error, in bounded time, to a bounded output: 10,000 of them', () => {
    let slowest = 0;
    const parameters = tuple(
      nat(CALLS.length - 1),
      array(mutation, { minLength: 1, maxLength: 5 }),
      array(mutation, { maxLength: 2 }),
      constantFrom(undefined, 200, 900),
      constantFrom(200, 200, 429),
    );
    assert(
      property(parameters, ([index, ofResponse, ofBody, max, status]) => {
        const call = CALLS[index]!;
        const response = ofResponse.reduce(mutate, call.response as Buffer);
        const body = ofBody.reduce(mutate, call.body as Buffer);
        slowest = Math.max(slowest, cost({ ...call, response, body, max, status }));
      }),
      { numRuns: 10_000 },
    );
    expect(slowest).toBeLessThan(MOST);
  });

  it.each<[string, string]>([
    ['deep arrays', '['.repeat(60_000)],
    ['deep objects', '{"a":'.repeat(12_000)],
    ['deep content', `{"content":${'[{"type":"tool_result","content":'.repeat(2_000)}`],
    ['quotes', '"'.repeat(64_000)],
    ['backslashes', `{"a":"${'\\'.repeat(64_000)}`],
    ['many names of usage', '"usage":{"a":1'.repeat(5_000)],
    ['carriage returns', `data: ${'\r'.repeat(64_000)}`],
    ['empty events', 'data: {}\n\n'.repeat(7_000)],
    ['many choices', `data: {"choices":[${'{"index":1,"delta":{"content":"a"}},'.repeat(1_700)}{}]}\n\n`],
    [
      'many tool calls',
      'data: {"choices":[{"delta":{"tool_calls":[{"index":1,"function":{"arguments":"a"}}]}}]}\n\n'.repeat(700),
    ],
    [
      'many indexes',
      Array.from(
        { length: 900 },
        (_, i) => `data: {"type":"content_block_start","index":${i},"content_block":{"type":"text","text":"a"}}\n\n`,
      ).join(''),
    ],
    [
      'many items',
      Array.from(
        { length: 500 },
        (_, i) => `data: {"type":"response.output_text.delta","output_index":${i},"content_index":255,"delta":"a"}\n\n`,
      ).join(''),
    ],
    ['many lines', '{"message":{"tool_calls":[{"function":{"name":"a"}}]}}\n'.repeat(1_200)],
    ['half frames', `:event-type\x07\0\x11contentBlockDelta`.repeat(2_000)],
    ['messages', `{"messages":[${'{"role":"user","content":[{}]},'.repeat(2_000)}{}]}`],
    ['nothing', ''],
    ['garbage', Buffer.from(Array.from({ length: 64_000 }, (_, i) => (i * 7919) % 256)).toString('latin1')],
  ])('are read in bounded time: %s', (_, text) => {
    const bytes = Buffer.from(text);
    const types = [
      'application/json',
      'text/event-stream',
      'application/x-ndjson',
      'application/vnd.amazon.eventstream',
    ];
    for (const url of new Set(CALLS.map((call) => call.url)))
      for (const type of types)
        for (const max of [undefined, 8_000]) {
          const call = { url, body: bytes, response: bytes, responseHeaders: { 'content-type': type }, max };
          const took = cost(call);
          if (took >= MOST) throw new Error(`${took} ms for ${url} as ${type}`);
        }
  });
});
