import { join } from 'node:path';
import { Controller, type INestApplication, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Traced, TraceModule } from 'nestjs-trace-collector';
import { removeTemporaryDirectories, runCli, temporaryDirectory } from './support/cli-run.js';

const CALLS = [
  { model: 'gpt-5-mini-2025-08-07', usage: { prompt_tokens: 10_000, completion_tokens: 500 } },
  { model: 'own-model', usage: { input_tokens: 1_000, output_tokens: 100 } },
  { model: 'nobody-knows-it', usage: { input: 7, output: 3 } },
];
const [MINI, , UNKNOWN] = CALLS.map(({ model }) => model) as [string, string, string];
/** 10,000 × 0.25 + 500 × 2 and 1,000 × 4 + 100 × 8 dollars per million. */
const LISTED = 0.0035;
const OWN = 0.0048;
const EPSILON = 9;

describe('cost of model calls, in an application of the built package', () => {
  const dir = temporaryDirectory();
  let app: INestApplication;
  let url: string;
  let id: string;

  const ask = async (path: string): Promise<any> => (await fetch(`${url}/debug/${path}`)).json();
  const cli = async (...args: string[]): Promise<any> => {
    const { code, stdout, stderr } = await runCli([...args, '--dir', dir, '--raw']);
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    return JSON.parse(stdout);
  };

  beforeAll(async () => {
    @Controller('webhook')
    class Hook {
      @Post()
      @Traced({ name: 'sofia', kind: 'agent' })
      async take() {
        for (const answer of CALLS) await this.ask(answer);
        return { ok: true };
      }

      @Traced({ name: 'ask', kind: 'llm' })
      async ask(answer: object) {
        return answer;
      }
    }
    const prices = { 'own-*': { input: 4, output: 8 } };
    @Module({
      imports: [
        TraceModule.forRoot({
          storage: { dir },
          cost: { prices },
          debug: { access: 'loopback' },
          lifecycle: { quietMs: 20 },
        }),
      ],
      controllers: [Hook],
    })
    class App {}
    app = await NestFactory.create(App, { logger: false, forceCloseConnections: true });
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${app.getHttpServer().address().port}`;
    const response = await fetch(`${url}/webhook`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ contactId: 'ana', body: 'Hola' }),
    });
    id = response.headers.get('x-trace-id')!;
    await response.text();
    while ((await ask('active')).count > 0);
  });
  afterAll(async () => {
    await app.close();
    removeTemporaryDirectories();
  });

  it('is computed in the worker, from the table and from the kept list', async () => {
    const [item] = (await ask('traces')).traces;
    expect(item).toMatchObject({
      trace_id: id,
      models: CALLS.map(({ model }) => model),
      usage: { calls: 3, input_tokens: 11_007, output_tokens: 603, total_tokens: 11_610, unknown_cost_calls: 1 },
    });
    expect(item.usage.cost_usd).toBeCloseTo(LISTED + OWN, EPSILON);
    expect(item.usage.prices.sort()).toEqual([expect.stringMatching(/^list \d/), 'table']);
  });

  it('is in the trace: in its summary, and on each call', async () => {
    const trace = await ask(`trace/${id}`);
    const calls = trace.events.filter(({ type }: any) => type === 'llm');
    expect(calls.map(({ usage }: any) => [usage.model, usage.cost_usd])).toEqual([
      [MINI, expect.closeTo(LISTED, EPSILON)],
      ['own-model', expect.closeTo(OWN, EPSILON)],
      [UNKNOWN, null],
    ]);
    expect(trace.summary.llm).toMatchObject({ calls: 3, total_tokens: 11_610 });
  });

  it('is in the stats: in all, by model, by agent and by day', async () => {
    const { usage, by_model, by_agent, usage_by_day } = await ask('stats');
    expect(usage.cost_usd).toBeCloseTo(LISTED + OWN, EPSILON);
    expect(by_model[MINI].usage).toMatchObject({ calls: 1, cost_usd: expect.closeTo(LISTED, EPSILON) });
    expect(by_model[UNKNOWN].usage.cost_usd).toBeNull();
    expect(by_agent.sofia.usage.calls).toBe(3);
    expect(usage_by_day).toEqual([{ day: new Date().toISOString().slice(0, 10), ...usage }]);
  });

  it('is summed for the contact', async () => {
    for (const path of ['contacts/ana', 'contacts/ana/conversation']) {
      expect((await ask(path)).usage).toMatchObject({ calls: 3, total_tokens: 11_610 });
    }
  });

  it.each([
    ['min_cost_usd=0.0083', 1],
    ['min_cost_usd=0.0084', 0],
    ['max_cost_usd=0.0083&model=own-model', 1],
    ['min_tokens=11610&max_tokens=11610', 1],
    ['min_tokens=11611', 0],
    ['tag=plan%3Dpro', 0],
    ['log=warn', 0],
    ['host=api.openai.com', 0],
    ['q=cost:%3E0.008+tokens:%3C20000+model:own-model', 1],
    ['q=-model:own-model', 0],
  ])('filters: %s', async (query, count) => expect((await ask(`traces?${query}`)).count).toBe(count));

  it.each(['min_cost_usd=much', 'log=debug', 'min_tokens=-1', 'q=cost:much'])('refuses %s', async (query) => {
    const response = await fetch(`${url}/debug/traces?${query}`);
    expect([response.status, ((await response.json()) as any).code]).toEqual([400, 'BAD_QUERY']);
  });

  it('is what the command line reads from the directory', async () => {
    const { traces } = await cli('list', '--model', MINI, '--min-cost', '0.008', '--min-tokens', '9');
    expect(traces.map((trace: any) => [trace.trace_id, trace.usage.calls])).toEqual([[id, 3]]);
    expect((await cli('list', '-q', 'tokens:<5')).traces).toEqual([]);
  });

  it('is computed by the command line from the kept list where the application left no index', async () => {
    const copy = temporaryDirectory();
    const { cpSync } = await import('node:fs');
    cpSync(join(dir, 'journal'), join(copy, 'journal'), { recursive: true });
    const { code, stdout } = await runCli(['stats', '--dir', copy, '--raw']);
    expect(code).toBe(0);
    const { by_model } = JSON.parse(stdout);
    expect(by_model[MINI].usage.cost_usd).toBeCloseTo(LISTED, EPSILON);
    expect(by_model['own-model'].usage.cost_usd).toBeNull();
  });
});
