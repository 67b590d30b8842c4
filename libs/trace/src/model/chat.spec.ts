import { AIMessage, HumanMessage, SystemMessage, ToolMessage } from '@langchain/core/messages';
import { createSerializer } from '../serialize/serializer.js';
import { readChat, type ChatInput, type ChatOutput } from './chat.js';

/** A value as a trace returns it. */
function recorded(value: unknown): unknown {
  return JSON.parse(createSerializer().bytes(value)!.toString());
}

const user = (content: string) => ({ role: 'user', content });

describe('readChat', () => {
  it('reads what capture records, unchanged', () => {
    const input: ChatInput = {
      model: 'gpt-5',
      messages: [
        { role: 'system', content: 'You sell tyres.' },
        {
          role: 'user',
          name: 'ana',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image', media_type: 'image/png', bytes: 300, name: 'tyre.png' },
            { type: 'image', url: 'https://a.example/b.png' },
            { type: 'audio', media_type: 'audio/wav', bytes: 9 },
            { type: 'file', media_type: 'application/pdf', bytes: 10, name: 'order.pdf' },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: 'Hm.' },
            { type: 'refusal', text: 'No.' },
          ],
          tool_calls: [
            { id: 'c1', name: 'stock', arguments: { size: 17 } },
            { name: 'say', arguments: 'hm' },
          ],
        },
        { role: 'assistant', tool_calls: [{ id: 'c2', name: 'stock', arguments: {} }] },
        { role: 'tool', tool_call_id: 'c1', name: 'stock', content: '{"left":3}' },
        { role: 'tool', tool_call_id: 'c2', content: [{ type: 'image', media_type: 'image/png', bytes: 3 }] },
      ],
      tools: ['stock'],
      parameters: { temperature: 0 },
    };
    const output: ChatOutput = {
      text: 'Three.',
      reasoning: 'Hm.',
      refusal: 'No.',
      tool_calls: [{ id: 'c3', name: 'stock', arguments: { size: 18 } }],
      finish_reason: 'stop',
      id: 'r1',
    };
    expect(readChat({ data: { input, output } })).toEqual({ input: input.messages, output });
    expect(readChat({ data: recorded({ input, output }) })).toEqual({ input: input.messages, output });
  });

  it('reads a refusal of the provider, and an empty answer', () => {
    const error = { code: 'rate_limit_exceeded', type: 'requests', message: 'Slow down.', status: 429 };
    const input = { messages: [user('Hi')] };
    expect(readChat({ data: { input, output: { error } } })).toEqual({ input: [user('Hi')], output: { error } });
    expect(readChat({ data: { input, output: { finish_reason: 'length' } } })?.output).toEqual({
      finish_reason: 'length',
    });
    expect(readChat({ data: { input } })).toEqual({ input: [user('Hi')] });
  });

  it.each<[string, unknown]>([
    ['a text', 'Hi'],
    ['a prompt', { prompt: 'Hi' }],
    ['messages', { messages: [user('Hi')] }],
    ['a list of messages', [user('Hi')]],
    ['one message', user('Hi')],
    ['the arguments of a method', ['Hi', { temperature: 0 }]],
    ['a request as the argument of a method', [{ model: 'm', messages: [user('Hi')] }, { signal: {} }]],
    ['messages as the argument of a method', [[user('Hi')], 7]],
    ["OpenAI's input", { model: 'm', input: 'Hi' }],
    ["OpenAI's items", { input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] }] }],
    ["Anthropic's blocks", { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }] }],
    ["Gemini's contents", { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] }],
    ["Gemini's contents as a text", { model: 'm', contents: 'Hi' }],
    ["Cohere's message", { message: 'Hi' }],
    ['a request inside options', { url: 'x', body: { messages: [user('Hi')] } }],
    ['an agent of LangGraph', { messages: [new HumanMessage('Hi')] }],
    ['messages of LangChain', [new HumanMessage('Hi')]],
    ['a batch of LangChain', [[new HumanMessage('Hi')]]],
    ['a stored message of LangChain', JSON.parse(JSON.stringify([new HumanMessage('Hi')]))],
    ['a message of the AI SDK', { messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }] }],
  ])('reads %s as the question', (_, input) => {
    expect(readChat({ data: recorded({ input, output: 'Hello' }) })).toEqual({
      input: [user('Hi')],
      output: { text: 'Hello' },
    });
  });

  it.each<[string, unknown]>([
    ['a text', 'Hello'],
    ['OpenAI', { choices: [{ message: { content: 'Hello' } }] }],
    ['OpenAI Responses', { output: [{ type: 'message', content: [{ type: 'output_text', text: 'Hello' }] }] }],
    ['Anthropic', { type: 'message', role: 'assistant', content: [{ type: 'text', text: 'Hello' }] }],
    ['Gemini', { candidates: [{ content: { parts: [{ text: 'Hello' }] } }] }],
    ['a message of OpenAI', { role: 'assistant', content: 'Hello' }],
    ['LangChain', new AIMessage('Hello')],
    ['stored LangChain', JSON.parse(JSON.stringify(new AIMessage('Hello')))],
    ["LangChain's result", { generations: [[{ text: 'Hello', message: new AIMessage('Hello') }]] }],
    ['the AI SDK', { text: 'Hello', toolCalls: [], usage: { inputTokens: 1 } }],
    ['steps of the AI SDK', { steps: [{ content: [] }, { content: [{ type: 'text', text: 'Hello' }] }] }],
  ])('reads the answer of %s', (_, output) => {
    expect(readChat({ data: recorded({ input: 'Hi', output }) })).toEqual({
      input: [user('Hi')],
      output: { text: 'Hello' },
    });
  });

  it('reads tools of LangChain and of the AI SDK', () => {
    const call = { id: 'c1', name: 'stock', arguments: { size: 17 } };
    const asked = { role: 'assistant', tool_calls: [call] };
    const told = { role: 'tool', tool_call_id: 'c1', name: 'stock', content: '{"left":3}' };
    const langChain = [
      new SystemMessage('You sell tyres.'),
      new AIMessage({ content: '', tool_calls: [{ id: 'c1', name: 'stock', args: { size: 17 }, type: 'tool_call' }] }),
      new ToolMessage({ content: '{"left":3}', tool_call_id: 'c1', name: 'stock' }),
    ];
    const system = { role: 'system', content: 'You sell tyres.' };
    const both = readChat({ data: { input: recorded({ messages: langChain }), output: recorded(langChain[1]) } });
    expect(both).toEqual({ input: [system, asked, told], output: { tool_calls: [call] } });
    const aiSdk = {
      system: 'You sell tyres.',
      messages: [
        {
          role: 'assistant',
          content: [{ type: 'tool-call', toolCallId: 'c1', toolName: 'stock', input: { size: 17 } }],
        },
        {
          role: 'tool',
          content: [
            { type: 'tool-result', toolCallId: 'c1', toolName: 'stock', output: { type: 'json', value: { left: 3 } } },
          ],
        },
        {
          role: 'user',
          content: [{ type: 'file', mediaType: 'image/png', data: 'AAAA'.repeat(6), filename: 'a.png' }],
        },
      ],
    };
    const output = {
      text: '',
      finishReason: 'tool-calls',
      toolCalls: [{ toolCallId: 'c1', toolName: 'stock', input: { size: 17 } }],
    };
    expect(readChat({ data: recorded({ input: aiSdk, output }) })).toEqual({
      input: [
        system,
        asked,
        told,
        { role: 'user', content: [{ type: 'image', media_type: 'image/png', bytes: 18, name: 'a.png' }] },
      ],
      output: { tool_calls: [call], finish_reason: 'tool-calls' },
    });
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a number', 7],
    ['no data', {}],
    ['an order', { input: { order: 7, lines: [{ sku: 'a' }] }, output: { ok: true } }],
    ['arguments without a text', { input: [7, { a: 1 }], output: [] }],
    ['an HTTP call', { input: { method: 'GET', url: 'https://a.example' }, output: { status: 200 } }],
    ['a message that was sent', { message: 'Hi', channel: 'sms' }],
    ['null', { input: null, output: null }],
  ])('finds no conversation in %s', (_, data) => {
    expect(readChat({ data })).toBeUndefined();
  });
});
