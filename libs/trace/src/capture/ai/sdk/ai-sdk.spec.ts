import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import {
  APICallError,
  embed,
  embedMany,
  generateText,
  isStepCount,
  simulateReadableStream,
  streamText,
  tool,
  ToolLoopAgent,
} from 'ai';
import { MockEmbeddingModelV4, MockLanguageModelV4 } from 'ai/test';
import { z } from 'zod';
import { traceEvent } from '../../../context/functions/trace-functions.js';
import { NOTHING } from '../../../context/recorder.js';
import { currentRef, runWith } from '../../../context/trace-context.js';
import { MemoryRecorder } from '../../../testing/memory-recorder.js';
import { installAi } from '../install-ai.js';

const tokens = {
  inputTokens: { total: 10, noCache: 6, cacheRead: 3, cacheWrite: 1 },
  outputTokens: { total: 5, text: 3, reasoning: 2 },
};
const counted = { input: 10, output: 5, cache_read: 3, cache_write: 1, reasoning: 2, total: 15 };
const stop = { unified: 'stop' as const, raw: 'stop' };

const says = (text: string) => ({
  content: [{ type: 'text' as const, text }],
  finishReason: stop,
  usage: tokens,
  warnings: [],
});
const asks = (name: string, input: object, id = 't1') => ({
  content: [{ type: 'tool-call' as const, toolCallId: id, toolName: name, input: JSON.stringify(input) }],
  finishReason: { unified: 'tool-calls' as const, raw: 'tool_calls' },
  usage: tokens,
  warnings: [],
});

/** A model that gives these answers, one per call; an error is thrown. */
function model(...answers: (object | Error)[]): MockLanguageModelV4 {
  return new MockLanguageModelV4({
    modelId: 'm-1',
    provider: 'openai.chat',
    doGenerate: async () => {
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer as never;
    },
  });
}

const start = [
  { type: 'stream-start', warnings: [] },
  { type: 'text-start', id: '1' },
];
const end = [
  { type: 'text-end', id: '1' },
  { type: 'finish', finishReason: stop, usage: tokens },
];
const deltas = (...texts: string[]) => texts.map((delta) => ({ type: 'text-delta', id: '1', delta }));

function streaming(chunks: object[], chunkDelayInMs: number | null = null): MockLanguageModelV4 {
  return new MockLanguageModelV4({
    modelId: 'm-1',
    provider: 'anthropic.messages',
    doStream: async () =>
      ({ stream: simulateReadableStream({ chunks, chunkDelayInMs, initialDelayInMs: null }) }) as never,
  });
}

describe('calls of the AI SDK', () => {
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
  /** Resolves when all spans have ended. */
  const settled = async () => {
    while (recorder.spans.some(({ outcome }) => outcome === undefined)) await delay(5);
  };

  it('generateText with a tool: an agent, its model calls, and what the tool does inside the tool', async () => {
    let inside: string | undefined;
    const lookup = tool({
      inputSchema: z.object({ id: z.string() }),
      execute: async () => {
        await delay(1);
        traceEvent('inside');
        inside = currentRef()?.span;
        return { score: 7 };
      },
    });
    const { text } = await inTrace(() =>
      generateText({
        model: model(asks('lookup', { id: 'c-42' }), says('score 7')),
        tools: { lookup },
        stopWhen: isStepCount(3),
        instructions: 'Be kind.',
        prompt: 'hola',
        temperature: 0.2,
        telemetry: { functionId: 'supervisor' },
      }),
    );
    expect(text).toBe('score 7');
    expect(recorder.tree()).toEqual([
      'supervisor:ok',
      'supervisor:ok > m-1:ok',
      'supervisor:ok > lookup:ok',
      'supervisor:ok > m-1:ok',
    ]);
    expect(recorder.spans.map(({ kind }) => kind)).toEqual(['agent', 'llm', 'tool', 'llm']);
    expect(spanOf('lookup')).toMatchObject({ input: { id: 'c-42' }, outcome: { output: { score: 7 } } });
    expect(recorder.events).toMatchObject([{ type: 'inside', span: inside }]);
    expect(inside).toBe(spanOf('lookup').id);
    const [first, last] = recorder.spans.filter(({ kind }) => kind === 'llm');
    expect(first).toMatchObject({
      attributes: { 'trace.source': 'ai', 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'm-1' },
      input: {
        model: 'm-1',
        messages: [
          { role: 'system', content: 'Be kind.' },
          { role: 'user', content: 'hola' },
        ],
        tools: ['lookup'],
        parameters: { temperature: 0.2 },
      },
      outcome: {
        output: { tool_calls: [{ id: 't1', name: 'lookup', arguments: { id: 'c-42' } }], finish_reason: 'tool-calls' },
        usage: { ...counted, model: 'm-1', provider: 'openai' },
        attributes: { 'gen_ai.response.finish_reasons': 'tool-calls' },
      },
    });
    expect(last).toMatchObject({
      input: {
        messages: [
          { role: 'system' },
          { role: 'user' },
          { role: 'assistant', tool_calls: [{ id: 't1', name: 'lookup' }] },
          { role: 'tool', tool_call_id: 't1', name: 'lookup', content: '{"score":7}' },
        ],
      },
      outcome: { output: { text: 'score 7', finish_reason: 'stop' } },
    });
    expect(spanOf('supervisor')).toMatchObject({
      input: { role: 'user', content: 'hola' },
      outcome: { output: { text: 'score 7', steps: 2 } },
    });
  });

  it('an agent in the tool of another agent is inside that tool', async () => {
    const inner = new ToolLoopAgent({ model: model(says('it is at five')) });
    const book = tool({
      inputSchema: z.object({}),
      execute: async () => (await inner.generate({ prompt: 'when?' })).text,
    });
    await inTrace(() =>
      generateText({
        model: model(asks('book', {}), says('booked')),
        tools: { book },
        stopWhen: isStepCount(2),
        prompt: 'hola',
        telemetry: { functionId: 'sofia' },
      }),
    );
    expect(recorder.tree()).toContain('sofia:ok > book:ok > ToolLoopAgent:ok > m-1:ok');
    expect(spanOf('ToolLoopAgent').kind).toBe('agent');
  });

  it('a tool that fails is an error of the tool; the model goes on', async () => {
    const failure = new Error('calendar is down');
    const book = tool({ inputSchema: z.object({}), execute: (): Promise<string> => Promise.reject(failure) });
    const answers = model(asks('book', {}), says('try later'));
    await inTrace(() => generateText({ model: answers, tools: { book }, stopWhen: isStepCount(2), prompt: 'hola' }));
    expect(recorder.tree()).toEqual([
      'generateText:ok',
      'generateText:ok > m-1:ok',
      'generateText:ok > book:error',
      'generateText:ok > m-1:ok',
    ]);
    expect(spanOf('book').outcome).toMatchObject({ error: failure });
    expect(spanOf('generateText').kind).toBe('step');
  });

  it('a model that fails is one error, the one that the application receives', async () => {
    const failure = new Error('model down');
    const thrown = await inTrace(() =>
      generateText({ model: model(failure), prompt: 'x', maxRetries: 0 }).catch((error: unknown) => error),
    );
    expect(thrown).toBe(failure);
    expect(recorder.tree()).toEqual(['generateText:error', 'generateText:error > m-1:error']);
    for (const { outcome } of recorder.spans) expect(outcome).toMatchObject({ error: failure });
  });

  it('a call that is tried again is one model call', async () => {
    const failing = new APICallError({
      message: 'busy',
      url: 'http://model.test',
      requestBodyValues: {},
      isRetryable: true,
      responseHeaders: { 'retry-after-ms': '1' },
    });
    await inTrace(() => generateText({ model: model(failing, says('hi')), prompt: 'x', maxRetries: 1 }));
    expect(recorder.tree()).toEqual(['generateText:ok', 'generateText:ok > m-1:ok']);
  });

  it('a stream that is read to its end has text, tokens and the time to the first part', async () => {
    const result = inTrace(() =>
      streamText({ model: streaming([...start, ...deltas('Ho', 'la'), ...end], 2), prompt: 'hi' }),
    );
    const texts: string[] = [];
    for await (const delta of result.textStream) texts.push(delta);
    expect(texts).toEqual(['Ho', 'la']);
    expect(recorder.tree()).toEqual(['streamText:ok', 'streamText:ok > m-1:ok']);
    expect(spanOf('m-1').outcome).toMatchObject({
      output: { text: 'Hola', finish_reason: 'stop' },
      usage: counted,
      attributes: { 'gen_ai.response.time_to_first_chunk': expect.any(Number) },
    });
    expect(spanOf('streamText').outcome).toMatchObject({ output: { text: 'Hola', finish_reason: 'stop' } });
  });

  it('a stream that is left early ends with its model call, at that time', async () => {
    const result = inTrace(() =>
      streamText({ model: streaming([...start, ...deltas('Ho', 'la'), ...end]), prompt: 'hi' }),
    );
    for await (const _ of result.textStream) break;
    await settled();
    expect(recorder.tree()).toEqual(['streamText:ok', 'streamText:ok > m-1:ok']);
    const { outcome, ms } = spanOf('streamText');
    expect(outcome).toMatchObject({ output: { text: 'Hola' }, ended: { mono: expect.any(Number) } });
    expect(ms).toBeGreaterThan(900);
  });

  it('a stream that is aborted is cancelled, with the text so far', async () => {
    const abort = new AbortController();
    const result = inTrace(() =>
      streamText({
        model: streaming([...start, ...deltas('Ho', 'la', '!', '?'), ...end], 15),
        prompt: 'hi',
        abortSignal: abort.signal,
      }),
    );
    for await (const delta of result.textStream) if (delta === 'la') abort.abort();
    await settled();
    expect(recorder.tree()).toEqual(['streamText:cancelled', 'streamText:cancelled > m-1:cancelled']);
    expect(spanOf('m-1').outcome?.output).toMatchObject({ text: expect.stringContaining('Hola') });
  });

  it('a stream that breaks is an error', async () => {
    const failure = new Error('connection lost');
    const broken = new MockLanguageModelV4({
      modelId: 'm-1',
      doStream: async () =>
        ({
          stream: new ReadableStream({
            start: (out) => [...start, ...deltas('Ho')].forEach((chunk) => out.enqueue(chunk)),
            pull: (out) => out.error(failure),
          }),
        }) as never,
    });
    const errors: unknown[] = [];
    const result = inTrace(() =>
      streamText({ model: broken, prompt: 'hi', onError: ({ error }) => void errors.push(error) }),
    );
    await result.consumeStream({ onError: () => undefined });
    await settled();
    expect(recorder.tree()).toEqual(['streamText:error', 'streamText:error > m-1:error']);
    expect(spanOf('m-1').outcome).toMatchObject({ error: failure });
    expect(spanOf('streamText').outcome).toMatchObject({ error: failure });
  });

  it('fetch in a model runs inside its model call, plain and streamed', async () => {
    const server = createServer((_, response) => response.end('hola'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const spans: (string | undefined)[] = [];
    const calling = new MockLanguageModelV4({
      modelId: 'm-1',
      doGenerate: async () => {
        const text = await (await fetch(url)).text();
        spans.push(currentRef()?.span);
        return says(text) as never;
      },
      doStream: async () => {
        const text = await (await fetch(url)).text();
        spans.push(currentRef()?.span);
        const chunks = [...start, ...deltas(text), ...end];
        const stream = new ReadableStream({
          pull(out) {
            spans.push(currentRef()?.span);
            if (chunks.length > 0) out.enqueue(chunks.shift());
            else out.close();
          },
        });
        return { stream } as never;
      },
    });
    await inTrace(async () => {
      await generateText({ model: calling, prompt: 'x' });
      await streamText({ model: calling, prompt: 'x' }).consumeStream();
    });
    await close(server);
    const [first, second] = recorder.spans.filter(({ kind }) => kind === 'llm').map(({ id }) => id);
    expect(spans[0]).toBe(first);
    expect(new Set(spans.slice(1))).toEqual(new Set([second]));
    expect(recorder.tree()).toHaveLength(4);
  });

  it('parallel calls in 50 traces: nothing in a wrong trace', async () => {
    const one = async (n: number) => {
      const ref = recorder.startTrace({});
      const lookup = tool({
        inputSchema: z.object({}),
        execute: async () => {
          await delay(n % 7);
          traceEvent('inside', ref.key);
          return n;
        },
      });
      await runWith(ref, () =>
        generateText({
          model: model(asks('lookup', {}), says(`answer ${ref.key}`)),
          tools: { lookup },
          stopWhen: isStepCount(2),
          prompt: ref.key,
        }),
      );
    };
    await Promise.all(Array.from({ length: 50 }, (_, n) => one(n)));
    expect(recorder.spans).toHaveLength(200);
    for (const span of recorder.spans.filter(({ kind }) => kind === 'llm'))
      expect(JSON.stringify(span.input)).toContain(`"${span.trace}"`);
    expect(recorder.events).toHaveLength(50);
    for (const event of recorder.events) expect(event.data).toBe(event.trace);
    for (const span of recorder.spans.filter(({ parent }) => parent !== undefined))
      expect(recorder.spans.find(({ id }) => id === span.parent)?.trace).toBe(span.trace);
  });

  it('honours recordInputs, recordOutputs and isEnabled', async () => {
    const lookup = tool({ inputSchema: z.object({ id: z.string() }), execute: () => 'a secret result' });
    const run = (telemetry: object) =>
      inTrace(() =>
        generateText({
          model: model(asks('lookup', { id: 'secret id' }), says('secret text')),
          tools: { lookup },
          stopWhen: isStepCount(2),
          prompt: 'secret prompt',
          telemetry,
        }),
      );
    await run({ recordInputs: false, recordOutputs: false });
    expect(recorder.spans).toHaveLength(4);
    for (const { input, outcome } of recorder.spans) {
      expect(input).toBe(NOTHING);
      expect(outcome).toMatchObject({ kind: 'ok', output: NOTHING });
    }
    expect(spanOf('m-1').outcome?.usage).toMatchObject(counted);
    await run({ isEnabled: false });
    expect(recorder.spans).toHaveLength(4);
  });

  it('outside a trace, in another application’s trace and after the end, records nothing', async () => {
    const answer = () => generateText({ model: model(says('hi')), prompt: 'x' });
    await answer();
    const other = new MemoryRecorder();
    await runWith(other.startTrace({}), answer);
    uninstall();
    await inTrace(answer);
    expect([...recorder.spans, ...other.spans]).toEqual([]);
  });

  it('one registration for several applications; the application’s own integrations stay', async () => {
    const registered = () => globalThis.AI_SDK_TELEMETRY_INTEGRATIONS ?? [];
    const own = { onStart: () => void 0 };
    registered().push(own);
    const second = new MemoryRecorder();
    const uninstallSecond = installAi(second);
    expect(registered()).toHaveLength(2);
    uninstall();
    await runWith(second.startTrace({}), () => generateText({ model: model(says('hi')), prompt: 'x' }));
    expect(second.spans).toHaveLength(2);
    uninstallSecond();
    expect(registered()).toEqual([own]);
    registered().length = 0;
  });

  it('a hook that fails is counted and changes nothing', async () => {
    const failing = Object.assign(new MemoryRecorder(), {
      startSpan: () => {
        throw new Error('hook');
      },
    });
    const uninstallFailing = installAi(failing);
    const { text } = await runWith(failing.startTrace({}), () =>
      generateText({ model: model(says('hi')), prompt: 'x' }),
    );
    expect(text).toBe('hi');
    expect(failing.internalErrors.length).toBeGreaterThan(0);
    uninstallFailing();
  });

  it('where the trace takes no more spans, the work runs as before', async () => {
    recorder.maxSpans = 1;
    const lookup = tool({ inputSchema: z.object({}), execute: () => (traceEvent('inside'), 1) });
    const answers = model(asks('lookup', {}), says('done'));
    await inTrace(() => generateText({ model: answers, tools: { lookup }, stopWhen: isStepCount(2), prompt: 'x' }));
    expect(recorder.tree()).toEqual(['generateText:ok']);
    expect(recorder.events).toMatchObject([{ span: recorder.spans[0]!.id }]);
  });

  it('embeddings have a model call each, with tokens and the number of vectors', async () => {
    const embedding = new MockEmbeddingModelV4({
      modelId: 'e-1',
      provider: 'openai.embedding',
      maxEmbeddingsPerCall: 2,
      supportsParallelCalls: true,
      doEmbed: async ({ values }) => ({ embeddings: values.map(() => [1, 2, 3]), usage: { tokens: 4 }, warnings: [] }),
    });
    await inTrace(async () => {
      await embed({ model: embedding, value: 'hola' });
      await embedMany({ model: embedding, values: ['a', 'b', 'c'] });
    });
    expect(recorder.tree()).toEqual(['e-1:ok', 'e-1:ok', 'e-1:ok']);
    expect(recorder.spans[0]).toMatchObject({
      kind: 'llm',
      attributes: { 'trace.source': 'ai', 'gen_ai.provider.name': 'openai' },
      input: { model: 'e-1', input: ['hola'] },
      outcome: { output: { embeddings: { count: 1, dimensions: 3 } }, usage: { input: 4, total: 4 } },
    });
  });

  it('an embedding that fails is one error', async () => {
    const failure = new Error('model down');
    const embedding = new MockEmbeddingModelV4({ modelId: 'e-1', doEmbed: () => Promise.reject(failure) });
    const thrown = await inTrace(() => embed({ model: embedding, value: 'x' }).catch((error: unknown) => error));
    expect(thrown).toBe(failure);
    expect(recorder.spans).toMatchObject([{ outcome: { kind: 'error', error: failure } }]);
  });
});

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => void server.close(() => resolve()));
}
