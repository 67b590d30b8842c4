import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { Body, Controller, Post } from '@nestjs/common';
import { SimpleChatModel } from '@langchain/core/language_models/chat_models';
import { AIMessage, type BaseMessage, HumanMessage } from '@langchain/core/messages';
import { tool as lcTool } from '@langchain/core/tools';
import { END, interrupt, MemorySaver, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { generateText, isStepCount, streamText, tool } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import { runInTrace, traceEvent } from 'nestjs-trace-collector';
import { z } from 'zod';
import { type RunningApp, startApp } from './support/nest-app.js';

/** A model API: answers the last message of a chat, with tokens; streamed on demand. */
class ModelApi {
  private server!: Server;
  url = '';
  asked = 0;

  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => {
        this.asked += 1;
        const { model, messages, stream } = JSON.parse(body);
        const content = `re: ${messages.at(-1).content}`;
        const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
        if (content.includes('busy') && this.asked % 2 === 1) {
          response.writeHead(429, { 'content-type': 'application/json' });
          return response.end(JSON.stringify({ error: { message: 'slow down', code: 'rate_limit_exceeded' } }));
        }
        if (content.includes('refuse')) {
          response.writeHead(401, { 'content-type': 'application/json' });
          return response.end(JSON.stringify({ error: { message: 'no credit', code: 'invalid_api_key' } }));
        }
        if (!stream) {
          response.writeHead(200, { 'content-type': 'application/json' });
          const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }];
          return response.end(JSON.stringify({ id: 'r-1', object: 'chat.completion', model, choices, usage }));
        }
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const send = (data: object) => response.write(`data: ${JSON.stringify({ id: 'r-1', model, ...data })}\n\n`);
        for (const word of content.split(' ')) send({ choices: [{ index: 0, delta: { content: `${word} ` } }] });
        send({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
        send({ choices: [], usage });
        return response.end('data: [DONE]\n\n');
      });
    });
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1/chat/completions`;
  }

  async ask(messages: object[], stream = false): Promise<Response> {
    const body = JSON.stringify({ model: 'gpt-5-mini', messages, stream });
    const response = await fetch(this.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    if (!response.ok) throw new Error(`model API: ${response.status}`);
    return response;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => void this.server.close(() => resolve()));
  }
}

const api = new ModelApi();
const usageOf = (input: number, output: number) => ({
  inputTokens: { total: input, noCache: input, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: output, text: output, reasoning: 0 },
});
const finished = { unified: 'stop' as const, raw: 'stop' };
const lastText = (prompt: any[]): string => {
  const { content } = prompt.at(-1);
  return typeof content === 'string' ? content : content.map((part: any) => part.text ?? part.toolName).join('');
};

/** A model of the AI SDK over HTTP, without a package of a provider. It asks for the tool `rate` when the prompt says so. */
const sdkModel = new MockLanguageModelV4({
  modelId: 'gpt-5-mini',
  provider: 'openai.chat',
  doGenerate: async ({ prompt }) => {
    const asked = lastText(prompt);
    const response = await api.ask([{ role: 'user', content: asked }]);
    const { choices, usage } = (await response.json()) as any;
    const looks = asked.startsWith('look');
    return {
      content: looks
        ? [{ type: 'tool-call', toolCallId: 't1', toolName: 'rate', input: '{"id":"c-42"}' }]
        : [{ type: 'text', text: choices[0].message.content }],
      finishReason: looks ? { unified: 'tool-calls', raw: 'tool_calls' } : finished,
      usage: usageOf(usage.prompt_tokens, usage.completion_tokens),
      warnings: [],
    } as never;
  },
  doStream: async ({ prompt, abortSignal }) => {
    const response = await api.ask([{ role: 'user', content: lastText(prompt) }], true);
    const lines = response.body!.pipeThrough(new TextDecoderStream());
    let buffer = '';
    const parts = new TransformStream({
      start: (out) => {
        out.enqueue({ type: 'stream-start', warnings: [] });
        out.enqueue({ type: 'text-start', id: '1' });
      },
      transform: (text: string, out) => {
        abortSignal?.throwIfAborted();
        buffer += text;
        const whole = buffer.split('\n\n');
        buffer = whole.pop()!;
        for (const line of whole) {
          const delta = line.includes('DONE') ? undefined : JSON.parse(line.slice(6)).choices[0]?.delta.content;
          if (delta) out.enqueue({ type: 'text-delta', id: '1', delta });
        }
      },
      flush: (out) => {
        out.enqueue({ type: 'text-end', id: '1' });
        out.enqueue({ type: 'finish', finishReason: finished, usage: usageOf(10, 5) });
      },
    });
    return { stream: lines.pipeThrough(parts) } as never;
  },
});

class ChatOverHttp extends SimpleChatModel {
  _llmType(): string {
    return 'over-http';
  }
  override getLsParams() {
    return { ls_model_type: 'chat' as const, ls_provider: 'openai', ls_model_name: 'gpt-5-mini', ls_stop: undefined };
  }
  async _call(): Promise<string> {
    return '';
  }
  /** It reports no tokens: these are known from the wire only. */
  override async _generate(messages: BaseMessage[]) {
    const asked = [{ role: 'user', content: messages.at(-1)!.content }];
    const response = await api.ask(asked).catch((error: Error) => {
      if (error.message.endsWith('429')) return api.ask(asked);
      throw error;
    });
    const { choices } = (await response.json()) as any;
    const text: string = choices[0].message.content;
    return { generations: [{ text, message: new AIMessage(text) }] };
  }
}

const rate = tool({
  inputSchema: z.object({ id: z.string() }),
  execute: async ({ id }) => {
    traceEvent('inside_tool', { id });
    return { score: 7 };
  },
});
const score = lcTool(
  async ({ id }: { id: string }) => {
    traceEvent('inside_score', { id });
    return `score of ${id}`;
  },
  { name: 'score', schema: z.object({ id: z.string() }) },
);

const chat = new ChatOverHttp({});
const graph = new StateGraph(MessagesAnnotation)
  .addNode('supervisor', async ({ messages }) => ({ messages: [await chat.invoke(messages)] }))
  .addNode('sofia', async ({ messages }) => {
    const known = await score.invoke({ id: 'c-42' });
    // An agent of the AI SDK inside an agent of LangGraph.
    const { text } = await generateText({
      model: sdkModel,
      prompt: `${messages.at(-1)!.text} with ${known}`,
      telemetry: { functionId: 'writer' },
    });
    return { messages: [new AIMessage(text)] };
  })
  .addEdge(START, 'supervisor')
  .addEdge('supervisor', 'sofia')
  .addEdge('sofia', END)
  .compile();
const asking = new StateGraph(MessagesAnnotation)
  .addNode('ask', async () => ({ messages: [new AIMessage(String(interrupt('sure?')))] }))
  .addEdge(START, 'ask')
  .addEdge('ask', END)
  .compile({ checkpointer: new MemorySaver() });

const agent = (prompt: string) =>
  generateText({
    model: sdkModel,
    prompt,
    tools: { rate },
    stopWhen: isStepCount(3),
    maxRetries: 0,
    telemetry: { functionId: 'supervisor' },
  });

@Controller('webhook')
class AgentController {
  @Post('agent')
  async agent(@Body() { body }: { body: string }): Promise<string> {
    return (await agent(body)).text;
  }

  @Post('stream')
  async stream(@Body() { body, how }: { body: string; how: string }): Promise<string> {
    const abort = new AbortController();
    const result = streamText({ model: sdkModel, prompt: body, abortSignal: abort.signal, onError: () => undefined });
    let text = '';
    for await (const delta of result.textStream) {
      text += delta;
      if (how === 'leave') break;
      if (how === 'abort') abort.abort();
    }
    return text;
  }

  @Post('graph')
  async graph(@Body() { body, how }: { body: string; how?: string }): Promise<unknown> {
    const input = { messages: [new HumanMessage(body)] };
    if (how === 'interrupt')
      return { waits: (await asking.invoke(input, { configurable: { thread_id: body } })).messages.length };
    if (how === 'stream') {
      const nodes: string[] = [];
      for await (const update of await graph.stream(input, { streamMode: 'updates' }))
        nodes.push(...Object.keys(update));
      return { nodes };
    }
    return { text: (await graph.invoke(input)).messages.at(-1)!.text };
  }
}

const SPAN_TYPES = ['agent', 'tool', 'llm', 'retriever', 'step', 'http', 'db'];

/** The spans of a trace as `type name (outcome)`, nested by two spaces. Calls at the wire are left out. */
function treeOf(trace: any): string[] {
  const named = trace.events.filter(({ type }: any) => SPAN_TYPES.includes(type));
  const byId = new Map<string, any>(named.map((span: any) => [span.span_id, span]));
  const depth = (span: any): number => {
    const parent = byId.get(span.parent_span_id);
    return parent === undefined ? 0 : 1 + depth(parent);
  };
  return named
    .filter((span: any) => span.type !== 'http')
    .map((span: any) => `${'  '.repeat(depth(span))}${span.type} ${span.name}${outcomeOf(span)}`);
}

function outcomeOf({ data, duration_ms: ms }: any): string {
  if (ms === undefined || ms === null) return ' (open)';
  return data?.outcome === undefined || data.outcome === 'ok' ? '' : ` (${data.outcome})`;
}

const spanNamed = (trace: any, name: string) => trace.events.find((event: any) => event.name === name);

describe('libraries for agents, in an application', () => {
  let app: RunningApp;
  let contact = 0;
  beforeAll(async () => {
    await api.start();
    app = await startApp({ controllers: [AgentController] });
  });
  afterAll(async () => {
    await app.close();
    await api.stop();
  });

  const send = async (path: string, body: object) => {
    const contactId = `contact-${(contact += 1)}`;
    const response = await app.post(`/webhook/${path}`, { contactId, ...body });
    return { answer: await response.text(), trace: await app.ended(contactId) };
  };

  it('an agent with a tool', async () => {
    const { answer, trace } = await send('agent', { body: 'look up my lead' });
    expect(answer).toBe('re: rate');
    expect(trace.status).toBe('completed');
    expect(treeOf(trace)).toEqual([
      expect.stringContaining('agent supervisor'),
      expect.stringMatching(/^ +llm gpt-5-mini$/),
      expect.stringMatching(/^ +tool rate$/),
      expect.stringMatching(/^ +llm gpt-5-mini$/),
    ]);
    expect(
      spanNamed(trace, 'inside_tool') ?? trace.events.find(({ type }: any) => type === 'inside_tool'),
    ).toMatchObject({
      span_id: spanNamed(trace, 'rate').span_id,
    });
    // Each call counts once, although it is seen by the library and at the wire.
    expect(trace.summary.llm).toMatchObject({ calls: 2, input_tokens: 20, output_tokens: 10 });
  });

  it.each([
    ['read', '', 'step streamText'],
    ['left early', 'leave', 'step streamText'],
    ['aborted', 'abort', 'step streamText (cancelled)'],
  ])('a stream that is %s', async (_, how, operation) => {
    const { trace } = await send('stream', { body: 'one two three four', how });
    expect(trace.status).toBe('completed');
    expect(treeOf(trace)[0]!.trim()).toBe(operation);
    expect(treeOf(trace).join()).not.toContain('open');
    expect(trace.errors ?? []).toEqual([]);
    if (how !== 'abort') expect(spanNamed(trace, 'gpt-5-mini').data.output).toMatchObject({ finish_reason: 'stop' });
  });

  it('a model that refuses is one error', async () => {
    const { answer, trace } = await send('agent', { body: 'refuse me' });
    expect(answer).toContain('500');
    expect(trace.status).toBe('error');
    expect(trace.errors).toHaveLength(1);
    expect(trace.errors[0]).toMatchObject({ message: 'model API: 401', location: 'gpt-5-mini' });
    expect(treeOf(trace).map((line) => line.trim())).toEqual(['agent supervisor (error)', 'llm gpt-5-mini (error)']);
  });

  it('a graph with an agent of the AI SDK in a node, invoked and streamed', async () => {
    const tree = [
      'step LangGraph',
      'agent supervisor',
      'llm gpt-5-mini',
      'agent sofia',
      'tool score',
      'agent writer',
      'llm gpt-5-mini',
    ];
    const invoked = await send('graph', { body: 'hola' });
    expect(JSON.parse(invoked.answer)).toEqual({ text: 're: re: hola with score of c-42' });
    expect(treeOf(invoked.trace).map((line) => line.trim())).toEqual(tree);
    const depths = treeOf(invoked.trace).map((line) => (line.length - line.trimStart().length) / 2);
    expect(depths.map((depth) => depth - depths[0]!)).toEqual([0, 1, 2, 1, 2, 2, 3]);
    const streamed = await send('graph', { body: 'hola', how: 'stream' });
    expect(JSON.parse(streamed.answer)).toEqual({ nodes: ['supervisor', 'sofia'] });
    expect(treeOf(streamed.trace).map((line) => line.trim())).toEqual(tree);
    for (const { trace } of [invoked, streamed]) {
      expect(trace.status).toBe('completed');
      // LangChain's model reports no tokens: its span has those that were seen at the wire.
      expect(trace.summary.llm).toMatchObject({ calls: 2, input_tokens: 20, output_tokens: 10 });
    }
  });

  it('a graph that waits for a person is no error', async () => {
    const { trace } = await send('graph', { body: 'hola', how: 'interrupt' });
    expect(trace.status).toBe('completed');
    expect(trace.errors ?? []).toEqual([]);
    expect(treeOf(trace).map((line) => line.trim())).toEqual(['step LangGraph', 'agent ask (cancelled)']);
    expect(trace.events.map(({ type }: any) => type)).toContain('control_flow');
  });

  it('a graph that fails is one error', async () => {
    const { trace } = await send('graph', { body: 'refuse me' });
    expect(trace.status).toBe('error');
    expect(trace.errors).toHaveLength(1);
    expect(treeOf(trace).map((line) => line.trim())).toEqual([
      'step LangGraph (error)',
      'agent supervisor (error)',
      'llm gpt-5-mini (error)',
    ]);
  });

  it('30 webhooks at once: each trace has its own calls', async () => {
    const bodies = Array.from({ length: 30 }, (_, n) => `call ${n} `);
    const sent = await Promise.all(
      bodies.map((body, n) => send(n % 3 === 0 ? 'graph' : n % 3 === 1 ? 'agent' : 'stream', { body })),
    );
    for (const [n, { trace }] of sent.entries()) {
      expect(treeOf(trace)).toHaveLength(n % 3 === 0 ? 7 : 2);
      for (const { type, data } of trace.events)
        if (type === 'llm') expect(JSON.stringify(data.input)).toContain(bodies[n]!.trim());
      expect(JSON.stringify(trace.events.filter(({ type }: any) => type === 'llm'))).not.toContain(
        `call ${(n + 1) % 30} `,
      );
    }
  });

  it('a model of LangChain that calls again after a 429 counts once', async () => {
    api.asked = 0;
    await runInTrace({ contactId: 'busy' }, () => chat.invoke('busy'));
    const trace = await app.ended('busy');
    expect(treeOf(trace).map((line) => line.trim())).toEqual(['llm gpt-5-mini']);
    expect(trace.events.filter(({ type }: any) => type === 'http')).toHaveLength(2);
    expect(trace.summary.llm).toMatchObject({ calls: 1, input_tokens: 10, output_tokens: 5 });
  });

  it('a CommonJS copy of LangChain beside the ESM one', async () => {
    const require = createRequire(import.meta.url);
    const { FakeListChatModel } =
      require('@langchain/core/utils/testing') as typeof import('@langchain/core/utils/testing');
    const model = new FakeListChatModel({ responses: ['hi'] });
    await runInTrace({ contactId: 'cjs' }, () => model.invoke('hola'));
    const trace = await app.ended('cjs');
    expect(treeOf(trace).map((line) => line.trim())).toEqual(['llm FakeListChatModel']);
  });
});

describe('with `capture.ai: false`', () => {
  it('nothing is registered, and the libraries work', async () => {
    await api.start();
    const before = globalThis.AI_SDK_TELEMETRY_INTEGRATIONS?.length ?? 0;
    const app = await startApp({ controllers: [AgentController], options: { capture: { ai: false } } });
    expect(globalThis.AI_SDK_TELEMETRY_INTEGRATIONS?.length ?? 0).toBe(before);
    await app.post('/webhook/agent', { contactId: 'off', body: 'look up my lead' });
    await app.post('/webhook/graph', { contactId: 'off-graph', body: 'hola' });
    for (const contact of ['off', 'off-graph']) {
      const trace = await app.ended(contact);
      expect(trace.status).toBe('completed');
      expect(treeOf(trace).filter((line) => !line.includes('llm'))).toEqual([]);
    }
    await app.close();
    await api.stop();
  });
});
