import type { NestExpressApplication } from '@nestjs/platform-express';
import { renderHuman } from '../libs/trace/src/views/render/human/human.js';
import { traceHtml } from '../libs/trace/src/views/render/html/html-trace.js';
import { renderMarkdown } from '../libs/trace/src/views/render/markdown/markdown.js';
import { runCli, removeTemporaryDirectories } from './support/cli-run.js';
import { CORPUS_SIZE, hostileCorpus } from './support/hostile-corpus.js';
import { startApp, type RunningApp } from './support/nest-app.js';
import { StoryController } from './support/story-app.js';

/** Controls except the line break, and characters that reorder a line. */
const STEERS = /(?!\n)[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
const LIVE = /<(?:script>alert|img src=x|svg\/onload|iframe srcdoc)|<\/style><\/style>/;
const AT_ONCE = 16;

/** Runs `work` on all items, a few at once. */
async function all<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at]!);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

describe('944 hostile bodies', () => {
  const corpus = hostileCorpus();
  let app: RunningApp;
  let listed: any[];
  let traces: any[];
  let streamed: Set<string>;

  /** A response as JSON that is valid UTF-8. */
  const read = async (path: string, init?: RequestInit): Promise<any> => {
    const response = await fetch(`${app.url}/debug${path}`, init);
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await response.arrayBuffer());
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text}`);
    // MCP responds with an event that holds the JSON.
    return JSON.parse(text.replace(/^event: message\ndata: /, ''));
  };
  const contacts = (): string[] => [...new Set<string>(listed.map(({ contact_id }) => contact_id))];

  beforeAll(async () => {
    app = await startApp({
      controllers: [StoryController],
      configure: (nest) => {
        (nest as NestExpressApplication).useBodyParser('json', { limit: '4mb' });
        // Longer than any test of this file keeps its connections idle.
        nest.getHttpServer().keepAliveTimeout = 120_000;
      },
    });
    const stream = await app.stream();
    const statuses = await all(corpus, async ({ json }) => (await app.post('/webhook', json)).status);
    expect(new Set(statuses)).toEqual(new Set([202]));
    await stream.until(
      () => stream.messages.filter(({ type }) => type === 'trace.ended').length === CORPUS_SIZE,
      60_000,
    );
    streamed = new Set(stream.messages.filter(({ type }) => type === 'trace.ended').map(({ data }) => data.trace_id));
    stream.close();
    const first = await read('/traces?limit=500');
    const second = await read(`/traces?limit=500&before=${encodeURIComponent(first.next)}`);
    listed = [...first.traces, ...second.traces];
    traces = await all(listed, ({ trace_id }) => read(`/trace/${encodeURIComponent(trace_id)}`));
  }, 120_000);
  afterAll(async () => {
    await app.close();
    removeTemporaryDirectories();
  });

  it('have the expected number, and are the same each time', () => {
    expect(corpus).toHaveLength(CORPUS_SIZE);
    expect(hostileCorpus()).toEqual(corpus);
    expect(new Set(corpus.map(({ json }) => json)).size).toBeGreaterThan(CORPUS_SIZE - 40);
    for (const { json } of corpus) expect(() => JSON.parse(json)).not.toThrow();
  });

  it('are all in the list and in the stream, under ids that are safe to type', () => {
    expect(new Set(listed.map(({ trace_id }) => trace_id)).size).toBe(CORPUS_SIZE);
    expect(streamed).toEqual(new Set(listed.map(({ trace_id }) => trace_id)));
    expect(traces.map(({ trace_id }) => trace_id)).toEqual(listed.map(({ trace_id }) => trace_id));
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('have contacts that every route accepts', async () => {
    const wrong: string[] = [];
    await all(contacts(), async (contact) => {
      const id = encodeURIComponent(contact);
      for (const path of [`/quick-debug?contact_id=${id}`, `/contacts?contact_id=${id}`, `/traces?contact_id=${id}`]) {
        const answer = await read(path).catch((error: Error) => ({ problem: error.message.slice(0, 300) }));
        if ('problem' in answer || answer.count === 0) wrong.push(`${JSON.stringify(contact)} ${answer.problem}`);
      }
    });
    expect(wrong).toEqual([]);
  });

  it('cannot control a terminal', () => {
    const wrong = traces.filter(
      (trace) => STEERS.test(renderHuman('trace', trace)) || STEERS.test(renderHuman('export', trace)),
    );
    expect(wrong.map(({ trace_id }) => trace_id)).toEqual([]);
    expect(STEERS.test(renderHuman('list', { count: listed.length, traces: listed, next: null } as never))).toBe(false);
  });

  it('are no live markup, in Markdown and on the page of a trace', () => {
    const wrong: string[] = [];
    for (const trace of traces) {
      const markdown = renderMarkdown('trace', trace);
      const outside = markdown.replace(/^(`{3,}|~{3,})[^]*?^\1/gm, '').replace(/(`+)(?!`)[^]*?[^`]\1(?!`)/g, '');
      if (LIVE.test(outside) || STEERS.test(markdown)) wrong.push(`markdown ${trace.trace_id}`);
      const page = traceHtml(trace);
      if (LIVE.test(page)) wrong.push(`page ${trace.trace_id}`);
    }
    expect(wrong).toEqual([]);
  });

  it('are exported as JSON and as Markdown', async () => {
    const some = listed.filter((_, i) => i % 16 === 0);
    await all(some, async ({ trace_id }) => {
      const id = encodeURIComponent(trace_id);
      expect((await read(`/trace/${id}/export`)).trace_id).toBe(trace_id);
      const response = await fetch(`${app.url}/debug/trace/${id}/export?format=md`);
      const text = new TextDecoder('utf-8', { fatal: true }).decode(await response.arrayBuffer());
      expect(text).toContain(trace_id);
      expect(text).not.toMatch(STEERS);
    });
  });

  it('are returned by the MCP tools', async () => {
    const ask = (name: string, args: object): Promise<any> =>
      read('/mcp', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } }),
      });
    const some = listed.filter((_, i) => i % 32 === 3);
    await all(some, async ({ trace_id, contact_id }) => {
      for (const [name, args] of [
        ['get_trace', { trace_id }],
        ['contact_timeline', { contact_id }],
      ] as const) {
        const { result } = await ask(name, args);
        expect([name, trace_id, result?.isError]).toEqual([name, trace_id, undefined]);
        expect(() => JSON.parse(result.content[0].text)).not.toThrow();
      }
    });
  });

  it('are printed by get-trace', async () => {
    for (const args of [
      ['list', '--limit', '500'],
      ['list', '--limit', '500', '--json'],
      ['last'],
      ['error', '--md'],
    ]) {
      const { code, stdout } = await runCli([...args, '--dir', app.dir, '--url', app.url]);
      expect([args, code]).toEqual([args, 0]);
      expect(stdout).not.toMatch(STEERS);
    }
  });
});
