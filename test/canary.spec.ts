import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeInBrowser, launch, visit } from './support/browser.js';
import { CANARIES, CanaryController, REQUEST } from './support/canaries.js';
import { removeTemporaryDirectories, RunningCli } from './support/cli-run.js';
import { ADAPTERS, type RunningApp, startApp } from './support/nest-app.js';

/** Every file below a directory, as bytes converted to text one by one. */
function contents(directory: string): string {
  const files = readdirSync(directory, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  return files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1')).join('\n');
}

describe.each(ADAPTERS)('secrets in every part of an application, on %s', (adapter) => {
  let app: RunningApp;
  let ids: string[];
  let streamed: string;

  beforeAll(async () => {
    app = await startApp({ adapter, controllers: [CanaryController] });
    const stream = await app.stream();
    await app.post('/webhook/canaries/refused', { contactId: 'refused' }, REQUEST.headers);
    await app.post(REQUEST.unknownPath, { contactId: 'nowhere' });
    await app.post('/webhook/canaries/x', REQUEST.malformed);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    await app.post('/webhook/canaries/x', REQUEST.body.form, form);
    await app.post(`${REQUEST.path}?${REQUEST.query}`, REQUEST.body, REQUEST.headers);
    await stream.until(({ type, data }) => type === 'trace.ended' && data.contact_id === 'canary-keeper');
    const { traces } = await app.debug('/traces?limit=100');
    ids = traces.map(({ trace_id }: { trace_id: string }) => trace_id);
    await Promise.all(
      ids.map((id) => stream.until(({ data, type }) => type === 'trace.ended' && data.trace_id === id)),
    );
    streamed = JSON.stringify(stream.messages);
    stream.close();
  });
  afterAll(async () => {
    await app.close();
    removeTemporaryDirectories();
  });

  /** The places whose secret is in `text`. */
  const found = (text: string): string[] => Object.keys(CANARIES).filter((place) => text.includes(CANARIES[place]!));
  const rest = async (path: string): Promise<string> => (await fetch(`${app.url}/debug${path}`)).text();

  it('are recorded as hidden, so every place was reached', async () => {
    expect(Object.keys(CANARIES).length).toBeGreaterThanOrEqual(500);
    const written = contents(app.dir);
    expect(written.split('[REDACTED]').length).toBeGreaterThan(60);
    const reached = [
      'E token=',
      'login?password=',
      'mi contrase',
      'tick',
      'got 401 for',
      'all failed',
      'inside',
      'sofia ',
    ];
    expect(reached.filter((text) => !written.includes(text))).toEqual([]);
  });

  it('are not in the files', () => expect(found(contents(app.dir))).toEqual([]));

  it('are not in the stream', () => expect(found(streamed)).toEqual([]));

  it('are in no response', async () => {
    const paths = ['/traces?limit=100', '/last-trace', '/last-error', '/active', '/stats', '/health'];
    for (const id of ids.map(encodeURIComponent)) {
      paths.push(`/trace/${id}`, `/trace/${id}/export`, `/trace/${id}/export?format=md`);
    }
    paths.push('/contacts/canary-keeper', '/quick-debug/canary-keeper');
    for (const path of paths) expect([path, found(await rest(path))]).toEqual([path, []]);
  });

  it('are in no response of the MCP tools', async () => {
    const ask = async (name: string, given: object): Promise<string> => {
      const text = await app.callTool(name, given);
      expect([name, text.includes('"isError":true'), text.includes('"error":{')]).toEqual([name, false, false]);
      return text;
    };
    const [first, second] = ids;
    const asked: [string, object][] = [
      ['find_traces', { limit: 50 }],
      ['search', { query: 'canary' }],
      ['last_error', { max_tokens: 20_000 }],
      ['contact_timeline', { contact_id: 'canary-keeper' }],
      ['diff_traces', { a: first, b: second }],
      ['stats', {}],
      ...ids.map((trace_id): [string, object] => ['get_trace', { trace_id, max_tokens: 20_000 }]),
    ];
    for (const trace_id of ids) {
      const { events } = await app.debug(`/trace/${encodeURIComponent(trace_id)}`);
      const all: number[] = events.map(({ seq }: { seq: number }) => seq);
      for (let at = 0; at < all.length; at += 10) {
        asked.push(['get_steps', { trace_id, steps: all.slice(at, at + 10), max_tokens: 20_000 }]);
      }
    }
    for (const [name, given] of asked) expect([name, found(await ask(name, given))]).toEqual([name, []]);
  });

  // One browser is enough: the page is the same on both.
  if (adapter === 'express') {
    describeInBrowser('in a browser', () => {
      it('are in no page, as text or as markup', async () => {
        const browser = await launch();
        const { page, problems } = await visit(browser, `${app.url}/debug#/`);
        const hidden: string[] = [];
        const look = async (hash: string, ready: string): Promise<void> => {
          await page.goto(`${app.url}/debug#/${hash}`);
          await page.waitForSelector(ready);
          await page.$$eval('[aria-expanded=false]', (closed: any[]) => closed.forEach((one) => one.click()));
          await page.$$eval('main details', (closed: any[]) => closed.forEach((one) => (one.open = true)));
          const all = `${await page.content()}\n${await page.locator('body').innerText()}`;
          expect([hash, found(all)]).toEqual([hash, []]);
          if (all.includes('[REDACTED]')) hidden.push(hash);
        };
        for (const [hash, ready] of [
          ['', '.rows .row'],
          ['errors', '.group'],
          ['stats', '.flow'],
          ['c/canary-keeper', '.turn'],
          [`d/${ids[0]}..${ids[1]}`, '.diff'],
        ] as const) {
          await look(hash, ready);
        }
        for (const id of ids.map(encodeURIComponent)) {
          await look(`t/${id}`, '.step-row');
          for (const tab of ['waterfall', 'route', 'json']) await look(`t/${id}?tab=${tab}`, '#panel > *');
        }
        expect(hidden.length).toBeGreaterThan(5);
        expect(problems).toEqual([]);
        await browser.close();
      }, 60_000);
    });
  }

  it('are in no output of get-trace', async () => {
    for (const args of [
      ['list'],
      ['last'],
      ['last', '--export'],
      ['error', '--raw'],
      ['contact', 'canary-keeper'],
      ['debug', 'canary-keeper', '--md'],
    ]) {
      const { code, stdout, stderr } = await new RunningCli([...args, '--dir', app.dir, '--url', app.url]).result;
      expect([args, code, found(stdout + stderr)]).toEqual([args, 0, []]);
    }
  });
});
