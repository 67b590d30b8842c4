import { once } from 'node:events';
import http from 'node:http';

const TOKENS = {
  inputTokens: { total: 10, noCache: 10, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 5, text: 5, reasoning: 0 },
};

/** One of each operation. A module that is required again is instrumented also where it was loaded before. */
export async function runAll({ cell, url, require }) {
  const { Client } = require('pg');
  const pg = new Client({ connectionString: cell.postgres });
  await pg.connect();
  try {
    await pg.query('SELECT 1 AS plain');
    await fetch(`${url}/fetched`).then((response) => response.text());
    await new Promise((resolve, reject) =>
      http.get(`${url}/got`, (response) => response.resume().once('end', resolve)).once('error', reject),
    );
    // Refusals that the application handles.
    await pg.query('SELECT refused').catch(() => undefined);
    await fetch(`http://127.0.0.1:${await closedPort()}/refused`).catch(() => undefined);
    if (cell.redis) await redis(require, cell.redis);
    await aiSdk(pg, cell);
    await langGraph(require);
    await interrupted(require);
  } finally {
    await pg.end();
  }
}

async function closedPort() {
  const server = http.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function redis(require, port) {
  const Redis = require('ioredis');
  const client = new Redis({ port, host: '127.0.0.1' });
  // The instrumentation makes two spans of a command that waits for the connection.
  await once(client, 'ready');
  await client.set('k', 'v');
  client.disconnect();
}

async function aiSdk(pg, cell) {
  const { generateText, isStepCount, tool } = await import('ai');
  const { MockLanguageModelV4 } = await import('ai/test');
  const { z } = await import('zod');
  const answers = [
    {
      content: [{ type: 'tool-call', toolCallId: 't1', toolName: 'lookup', input: '{"id":"c-42"}' }],
      finishReason: { unified: 'tool-calls', raw: 'tool_calls' },
    },
    { content: [{ type: 'text', text: 'score 7' }], finishReason: { unified: 'stop', raw: 'stop' } },
  ];
  const { OpenTelemetry } = await import('@ai-sdk/otel');
  await generateText({
    model: new MockLanguageModelV4({
      modelId: 'm-1',
      provider: 'openai.chat',
      doGenerate: async () => ({ ...answers.shift(), usage: TOKENS, warnings: [] }),
    }),
    tools: {
      lookup: tool({
        inputSchema: z.object({ id: z.string() }),
        execute: async () => (await pg.query('SELECT 2 AS inside')).rows[0],
      }),
    },
    stopWhen: isStepCount(3),
    prompt: 'hola',
    telemetry: { functionId: 'supervisor', ...(cell.telemetry === 'own' && { integrations: [new OpenTelemetry()] }) },
  });
}

async function langGraph(require) {
  const { StateGraph, MessagesAnnotation, START, END } = require('@langchain/langgraph');
  const { BaseChatModel } = require('@langchain/core/language_models/chat_models');
  const { AIMessage, HumanMessage } = require('@langchain/core/messages');
  class Fake extends BaseChatModel {
    _llmType() {
      return 'fake';
    }
    getLsParams() {
      return { ls_provider: 'fake', ls_model_name: 'fake-1', ls_model_type: 'chat' };
    }
    async _generate() {
      const message = new AIMessage({
        content: 'hola',
        usage_metadata: { input_tokens: 20, output_tokens: 2, total_tokens: 22 },
      });
      return { generations: [{ text: 'hola', message }] };
    }
  }
  const model = new Fake({});
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('answer', async (state) => ({ messages: [await model.invoke(state.messages)] }))
    .addEdge(START, 'answer')
    .addEdge('answer', END)
    .compile();
  await graph.invoke({ messages: [new HumanMessage('hi')] });
}

/** A graph that waits for a person ends by an exception that is control flow. */
async function interrupted(require) {
  const { StateGraph, MessagesAnnotation, START, END, MemorySaver, interrupt } = require('@langchain/langgraph');
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('approve', () => ({ messages: [interrupt('Send it?')] }))
    .addEdge(START, 'approve')
    .addEdge('approve', END)
    .compile({ checkpointer: new MemorySaver(), name: 'approval' });
  await graph.invoke({ messages: [] }, { configurable: { thread_id: 't' } });
}
