import { Test, type TestingModule } from '@nestjs/testing';
import { runInTrace } from '../../context/functions/run-in-trace.js';
import { startSpan } from '../../context/functions/start-span.js';
import { traceTag, traceUsage } from '../../context/functions/trace-details.js';
import { traced } from '../../context/functions/traced-function.js';
import type { RecordDraft } from '../../model/record.js';
import { MemoryStore } from '../../store/memory/memory-store.js';
import { TraceTestingModule } from '../../testing/trace-testing.module.js';

/** What the application reports about a trace, as the journal gets it. */
describe('what the application reports', () => {
  const drafts: RecordDraft[] = [];
  let module: TestingModule;

  beforeAll(async () => {
    const store = new MemoryStore();
    const { sink } = store;
    const append = (draft: RecordDraft) => {
      drafts.push('data' in draft ? { ...draft, data: String(draft.data) as never } : draft);
      return sink.append(draft);
    };
    const storage = Object.assign(store, { sink: { writer: sink.writer, append } });
    module = await Test.createTestingModule({ imports: [TraceTestingModule.forRoot({ storage })] }).compile();
    await module.init();
  });
  beforeEach(() => void drafts.splice(0));
  afterAll(() => module.close());

  const inTrace = (fn: () => void): void => void runInTrace({ contactId: 'ana' }, fn);
  const events = (type: string) => drafts.filter((draft) => draft.kind === 'event' && draft.type === type);
  const ends = () => drafts.filter((draft) => draft.kind === 'span_end');
  const starts = () => drafts.filter((draft) => draft.kind === 'span');

  it('as usage inside an llm span belongs to the span, and is summed', () => {
    inTrace(() => {
      traced(
        () => {
          traceUsage({ model: 'gpt-5-mini', input: 10, output: 2, cacheRead: 4 });
          traced(() => traceUsage({ input: 1, output: 1, reasoning: 1, costUsd: 0.5 }), 'inner')();
        },
        { kind: 'llm', name: 'ask' },
      )();
    });
    expect(ends().map((end) => 'usage' in end && end.usage)).toEqual([
      undefined,
      { model: 'gpt-5-mini', input: 11, output: 3, cache_read: 4, reasoning: 1, cost_usd: 0.5 },
    ]);
    expect(events('llm_usage')).toEqual([]);
  });

  it('as usage elsewhere is an event with the counts as a fact', () => {
    inTrace(() => {
      traced(() => traceUsage({ provider: 'openai', model: 'whisper-1', costUsd: 0.006 }), {
        kind: 'agent',
        name: 'sofia',
      })();
      traceUsage({ prompt_tokens: 5, completion_tokens: 2 });
      traceUsage({ nothing: true });
    });
    expect(events('llm_usage')).toMatchObject([
      {
        facts: { usage: { provider: 'openai', model: 'whisper-1', cost_usd: 0.006, agent: 'sofia' } },
        data: '{"cost_usd":0.006,"model":"whisper-1","provider":"openai"}',
      },
      { facts: { usage: { input: 5, output: 2 } } },
      { facts: undefined, data: '{"nothing":true}' },
    ]);
  });

  it('as tags are events with the tag as a fact, bounded and redacted', () => {
    inTrace(() => {
      traceTag('plan', 'pro');
      traceTag('plan', 'free');
      traceTag('retries', 2);
      traceTag('trial', true);
      traceTag('token', 'abcdefgh');
      traceTag('note', `sk-live-${'a'.repeat(300)}`);
      traceTag('long', 'x'.repeat(300));
      for (const key of ['', 'a b', 'x'.repeat(41), 'ñ']) traceTag(key, 'ignored');
      for (const value of [null, {}, Number.NaN]) traceTag('bad', value as never);
      for (let i = 0; i < 40; i += 1) traceTag(`n${i}`, i);
    });
    const tags = events('trace_tag').map((draft) => draft.kind === 'event' && draft.facts?.tag);
    expect(tags).toHaveLength(33);
    expect(tags.slice(0, 4)).toEqual([
      { key: 'plan', value: 'pro' },
      { key: 'plan', value: 'free' },
      { key: 'retries', value: 2 },
      { key: 'trial', value: true },
    ]);
    expect(events('trace_tag')[0]).toMatchObject({ data: '{"key":"plan","value":"pro"}' });
    expect(JSON.stringify(tags)).not.toMatch(/abcdefgh|sk-live|x{201}/);
  });

  it('as attributes of a span are redacted and bounded', () => {
    inTrace(() => {
      const span = startSpan('transcribe', { attributes: { seconds: 12, password: 'hunter2', at: {} as never } });
      span.set({ language: 'es', note: 'n'.repeat(300) });
      span.set(Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, i])));
      span.end('hola');
      span.set({ late: 1 });
      span.usage({ input: 5 });
    });
    const [start] = starts();
    const [end] = ends();
    expect(start).toMatchObject({ name: 'transcribe', attributes: { seconds: 12 } });
    expect(JSON.stringify(start)).not.toContain('hunter2');
    const attributes = (end as { attributes: Record<string, unknown> }).attributes;
    expect(Object.keys(attributes)).toHaveLength(32);
    expect(attributes).toMatchObject({ language: 'es', k0: 0 });
    expect(String(attributes.note).length).toBeLessThanOrEqual(200);
    expect(attributes).not.toHaveProperty('late');
  });

  it('as usage of a span counts for that span', () => {
    inTrace(() => {
      const span = startSpan('gpt-5-mini', { type: 'llm', attributes: { 'gen_ai.request.model': 'gpt-5-mini' } });
      span.usage({ input_tokens: 7, output_tokens: 1 });
      span.end();
    });
    expect(ends()).toMatchObject([{ usage: { model: 'gpt-5-mini', input: 7, output: 1 }, output: undefined }]);
  });
});
