import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { SimpleChatModel } from '@langchain/core/language_models/chat_models';
import { AIMessage, AIMessageChunk, type BaseMessage, HumanMessage } from '@langchain/core/messages';
import { StringOutputParser } from '@langchain/core/output_parsers';
import { ChatGenerationChunk, type ChatResult } from '@langchain/core/outputs';
import { ChatPromptTemplate } from '@langchain/core/prompts';
import { BaseRetriever } from '@langchain/core/retrievers';
import { RunnableLambda } from '@langchain/core/runnables';
import { tool } from '@langchain/core/tools';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import { Command, END, interrupt, MemorySaver, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { createReactAgent } from '@langchain/langgraph/prebuilt';
import { z } from 'zod';
import { traced } from '../../../context/functions/traced-function.js';
import { traceEvent } from '../../../context/functions/trace-functions.js';
import { currentRef, runWith } from '../../../context/trace-context.js';
import { MemoryRecorder } from '../../../testing/memory-recorder.js';
import { installAi } from '../install-ai.js';

const usage = {
  input_tokens: 10,
  output_tokens: 5,
  total_tokens: 15,
  input_token_details: { cache_read: 4 },
  output_token_details: { reasoning: 2 },
};

/** A chat model that answers these messages, one per call; an error is thrown. */
class Answers extends SimpleChatModel {
  constructor(private readonly answers: (AIMessage | Error | ((messages: BaseMessage[]) => Promise<string>))[]) {
    super({});
  }

  _llmType(): string {
    return 'answers';
  }

  override getLsParams() {
    return { ls_model_type: 'chat' as const, ls_provider: 'openai', ls_model_name: 'm-1', ls_stop: undefined };
  }

  override invocationParams() {
    return { model: 'm-1', temperature: 0.2, tools: [{ type: 'function', function: { name: 'lookup' } }], apiKey: 'k' };
  }

  override bindTools() {
    return this as never;
  }

  async _call(): Promise<string> {
    return '';
  }

  override async _generate(messages: BaseMessage[]): Promise<ChatResult> {
    const next = this.answers.shift();
    if (next instanceof Error) throw next;
    const message = typeof next === 'function' ? new AIMessage(await next(messages)) : next!;
    return { generations: [{ text: String(message.content), message }] };
  }
}

const says = (text: string) =>
  new AIMessage({
    content: text,
    usage_metadata: usage,
    response_metadata: { finish_reason: 'stop', model_name: 'm-1-2026' },
  });
const asks = (name: string, args: object) =>
  new AIMessage({ content: '', tool_calls: [{ id: 't1', name, args: args as Record<string, unknown> }] });

const lookup = tool(
  async ({ id }: { id: string }) => {
    await delay(1);
    traceEvent('inside', currentRef()?.span);
    return `score of ${id}`;
  },
  { name: 'lookup', schema: z.object({ id: z.string() }) },
);

describe('runs of LangChain and LangGraph', () => {
  let recorder: MemoryRecorder;
  let uninstall: () => void;
  beforeEach(() => {
    recorder = new MemoryRecorder();
    uninstall = installAi(recorder);
  });
  afterEach(() => {
    uninstall();
    expect(recorder.internalErrors).toEqual([]);
  });

  const inTrace = <R>(fn: () => R): R => runWith(recorder.startTrace({}), fn);
  const spanOf = (name: string) => recorder.spans.find((span) => span.name === name)!;

  const graphOf = (model: Answers) =>
    new StateGraph(MessagesAnnotation)
      .addNode('supervisor', async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
      .addNode('sofia', async ({ messages }) => {
        traceEvent('in sofia', currentRef()?.span);
        const score = await lookup.invoke({ id: 'c-42' });
        return { messages: [await model.invoke([...messages, new HumanMessage(score)])] };
      })
      .addEdge(START, 'supervisor')
      .addConditionalEdges('supervisor', ({ messages }) => String(messages.at(-1)!.content), ['sofia'])
      .addEdge('sofia', END)
      .compile();

  it('a graph reads as its nodes, with models and tools inside, and no plumbing', async () => {
    const graph = graphOf(new Answers([says('sofia'), says('at five')]));
    const { messages } = await inTrace(() => graph.invoke({ messages: [new HumanMessage('hola')] }));
    expect(messages.at(-1)!.content).toBe('at five');
    expect(recorder.tree()).toEqual([
      'LangGraph:ok',
      'LangGraph:ok > supervisor:ok',
      'LangGraph:ok > supervisor:ok > m-1:ok',
      'LangGraph:ok > sofia:ok',
      'LangGraph:ok > sofia:ok > lookup:ok',
      'LangGraph:ok > sofia:ok > m-1:ok',
    ]);
    expect(recorder.spans.map(({ kind }) => kind)).toEqual(['step', 'agent', 'llm', 'agent', 'tool', 'llm']);
    expect(recorder.events).toMatchObject([
      { type: 'in sofia', span: spanOf('sofia').id },
      { type: 'inside', span: spanOf('lookup').id },
    ]);
    expect(spanOf('m-1')).toMatchObject({
      attributes: { 'trace.source': 'langchain', 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'm-1' },
      input: {
        model: 'm-1',
        messages: [{ role: 'user', content: 'hola' }],
        tools: ['lookup'],
        parameters: { temperature: 0.2 },
      },
      outcome: {
        output: { text: 'sofia', finish_reason: 'stop' },
        usage: { input: 10, output: 5, total: 15, cache_read: 4, reasoning: 2, model: 'm-1-2026' },
        attributes: { 'gen_ai.response.model': 'm-1-2026', 'gen_ai.response.finish_reasons': 'stop' },
      },
    });
    expect(JSON.stringify(recorder.spans)).not.toContain('apiKey');
    expect(spanOf('lookup')).toMatchObject({ input: { id: 'c-42' }, outcome: { output: 'score of c-42' } });
    expect(spanOf('LangGraph')).toMatchObject({ input: { messages: [{ role: 'user', content: 'hola' }] } });
    expect(spanOf('LangGraph').outcome?.output).toMatchObject({
      messages: [{ role: 'user' }, { role: 'assistant', content: 'sofia' }, { role: 'assistant', content: 'at five' }],
    });
  });

  it('a ready-made agent is one agent, with its model calls and tools', async () => {
    const llm = new Answers([asks('lookup', { id: '1' }), says('done')]);
    const agent = createReactAgent({ llm, tools: [lookup], name: 'maria' });
    await inTrace(() => agent.invoke({ messages: [new HumanMessage('hola')] }));
    expect(recorder.tree()).toEqual(['maria:ok', 'maria:ok > m-1:ok', 'maria:ok > lookup:ok', 'maria:ok > m-1:ok']);
    expect(spanOf('maria').kind).toBe('agent');
    expect(spanOf('m-1').outcome?.output).toEqual({
      tool_calls: [{ id: 't1', name: 'lookup', arguments: { id: '1' } }],
      id: expect.any(String),
    });
    expect(recorder.spans.at(-1)).toMatchObject({
      input: {
        messages: [
          { role: 'user', content: 'hola' },
          { role: 'assistant', tool_calls: [{ id: 't1', name: 'lookup', arguments: { id: '1' } }] },
          { role: 'tool', tool_call_id: 't1', name: 'lookup', content: 'score of 1' },
        ],
      },
    });
  });

  it('an agent that is a node of a graph is one agent', async () => {
    const sofia = createReactAgent({ llm: new Answers([says('hi')]), tools: [lookup], name: 'sofia' });
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('sofia', sofia)
      .addEdge(START, 'sofia')
      .addEdge('sofia', END)
      .compile();
    await inTrace(() => graph.invoke({ messages: [new HumanMessage('hola')] }));
    expect(recorder.tree()).toEqual(['LangGraph:ok', 'LangGraph:ok > sofia:ok', 'LangGraph:ok > sofia:ok > m-1:ok']);
  });

  it('of a chain, what has a name is shown; prompts, parsers and sequences are not', async () => {
    const chain = ChatPromptTemplate.fromTemplate('say {x}')
      .pipe(new Answers([says('hola')]))
      .pipe(new StringOutputParser())
      .pipe(RunnableLambda.from((text: string) => text.length).withConfig({ runName: 'count' }));
    expect(await inTrace(() => chain.invoke({ x: 'hi' }))).toBe(4);
    expect(recorder.tree()).toEqual(['m-1:ok', 'count:ok']);
    recorder.spans.length = 0;
    const named = ChatPromptTemplate.fromTemplate('say {x}').pipe(new Answers([says('hola')]));
    await inTrace(() => named.withConfig({ runName: 'reply' }).invoke({ x: 'hi' }));
    expect(recorder.tree()).toEqual(['reply:ok', 'reply:ok > m-1:ok']);
    expect(spanOf('reply')).toMatchObject({ kind: 'step', input: { x: 'hi' } });
  });

  it('a step of the application between two runs keeps its place', async () => {
    const model = new Answers([says('hola')]);
    const outer = RunnableLambda.from(() => traced(() => model.invoke('hi'), 'mine')()).withConfig({
      runName: 'outer',
    });
    await inTrace(() => outer.invoke('x'));
    expect(recorder.tree()).toEqual(['outer:ok', 'outer:ok > mine:ok', 'outer:ok > mine:ok > m-1:ok']);
  });

  it('a retriever shows the query and the documents', async () => {
    class Notes extends BaseRetriever {
      lc_namespace = ['test'];
      override async _getRelevantDocuments(query: string) {
        return [{ pageContent: `about ${query}`, metadata: { n: 1 } }];
      }
    }
    await inTrace(() => new Notes().invoke('prices'));
    expect(recorder.spans).toMatchObject([
      {
        kind: 'retriever',
        name: 'Notes',
        input: 'prices',
        outcome: { output: { documents: [{ content: 'about prices', metadata: { n: 1 } }] } },
      },
    ]);
  });

  it('an interrupt of a graph is recorded as it is raised, and its continuation runs', async () => {
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('ask', async () => ({ messages: [new AIMessage(String(interrupt('sure?')))] }))
      .addEdge(START, 'ask')
      .addEdge('ask', END)
      .compile({ checkpointer: new MemorySaver() });
    const config = { configurable: { thread_id: '1' } };
    await inTrace(() => graph.invoke({ messages: [] }, config));
    // The recorder of an application recognises the interrupt as control flow by this member.
    expect(spanOf('ask').outcome).toMatchObject({ kind: 'error', error: { is_bubble_up: true } });
    expect(spanOf('LangGraph').outcome?.kind).toBe('ok');
    recorder.spans.length = 0;
    await inTrace(() => graph.invoke(new Command({ resume: 'yes' }), config));
    expect(recorder.tree()).toEqual(['LangGraph:ok', 'LangGraph:ok > ask:ok']);
  });

  it('a failure is the error that the application receives, in each run around it', async () => {
    const failure = new Error('model down');
    const graph = graphOf(new Answers([failure]));
    const thrown = await inTrace(() => graph.invoke({ messages: [] }).catch((error: unknown) => error));
    expect(thrown).toBe(failure);
    expect(recorder.tree()).toEqual([
      'LangGraph:error',
      'LangGraph:error > supervisor:error',
      'LangGraph:error > supervisor:error > m-1:error',
    ]);
    for (const { outcome } of recorder.spans) expect(outcome).toMatchObject({ error: failure });
  });

  it('a graph that is streamed and left is cancelled', async () => {
    const graph = graphOf(new Answers([says('sofia'), () => new Promise<string>(() => undefined)]));
    await inTrace(async () => {
      for await (const _ of await graph.stream({ messages: [new HumanMessage('hola')] })) break;
    });
    while (spanOf('LangGraph').outcome === undefined) await delay(5);
    expect(spanOf('LangGraph').outcome).toEqual({ kind: 'cancelled' });
  });

  it('a streamed model has the time to the first token', async () => {
    class Streaming extends Answers {
      override async *_streamResponseChunks(...[, , run]: Parameters<SimpleChatModel['_streamResponseChunks']>) {
        for (const content of ['Ho', 'la']) {
          await delay(2);
          yield new ChatGenerationChunk({ text: content, message: new AIMessageChunk({ content }) });
          await run?.handleLLMNewToken(content);
        }
      }
    }
    const texts: unknown[] = [];
    await inTrace(async () => {
      for await (const { content } of await new Streaming([]).stream('hi')) texts.push(content);
    });
    expect(texts).toEqual(['Ho', 'la']);
    expect(spanOf('m-1').outcome).toMatchObject({
      output: { text: 'Hola' },
      attributes: { 'gen_ai.response.time_to_first_chunk': expect.any(Number) },
    });
  });

  it('parallel runs in 20 traces: nothing in a wrong trace, also over one model, tool and graph', async () => {
    const server = createServer((_, response) => response.end('sofia'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const fetched: [trace: string | undefined, asked: string][] = [];
    const ask = async (messages: BaseMessage[]) => {
      const text = await (await fetch(url)).text();
      fetched.push([currentRef()?.key, String(messages[0]!.content)]);
      return text;
    };
    const graph = graphOf(new Answers(Array.from({ length: 40 }, () => ask)));
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const ref = recorder.startTrace({});
        await runWith(ref, () => graph.invoke({ messages: [new HumanMessage(ref.key)] }));
      }),
    );
    server.closeAllConnections();
    server.close();
    expect(recorder.spans).toHaveLength(120);
    expect(fetched).toHaveLength(40);
    for (const [trace, asked] of fetched) expect(asked).toBe(trace);
    for (const span of recorder.spans) {
      if (span.kind === 'llm') expect(JSON.stringify(span.input)).toContain(`"${span.trace}"`);
      const parent = recorder.spans.find(({ id }) => id === span.parent);
      expect(parent?.trace ?? span.trace).toBe(span.trace);
      expect(parent === undefined).toBe(span.name === 'LangGraph');
    }
  });

  it('outside a trace, in another application’s trace and after the end, records nothing and changes no result', async () => {
    const chain = () => new FakeListChatModel({ responses: ['hi'] }).invoke('x');
    expect((await chain()).content).toBe('hi');
    const other = new MemoryRecorder();
    await runWith(other.startTrace({}), chain);
    uninstall();
    expect((await inTrace(chain)).content).toBe('hi');
    expect([...recorder.spans, ...other.spans]).toEqual([]);
  });

  it('a handler that fails is counted and changes nothing', async () => {
    const failing = Object.assign(new MemoryRecorder(), {
      startSpan: () => {
        throw new Error('hook');
      },
    });
    const uninstallFailing = installAi(failing);
    const graph = graphOf(new Answers([says('sofia'), says('at five')]));
    const { messages } = await runWith(failing.startTrace({}), () => graph.invoke({ messages: [] }));
    expect(messages.at(-1)!.content).toBe('at five');
    expect(failing.internalErrors.length).toBeGreaterThan(0);
    uninstallFailing();
  });
});
