import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CANARIES, CanaryController, REQUEST } from './support/canaries.js';
import { removeTemporaryDirectories, RunningCli } from './support/cli-run.js';
import { ADAPTERS, type RunningApp, startApp } from './support/nest-app.js';

/** Every file below a directory, as bytes turned into text one by one. */
function contents(directory: string): string {
  const files = readdirSync(directory, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  return files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1')).join('\n');
}

describe.each(ADAPTERS)('secrets in all places of an application, on %s', (adapter) => {
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

  it('are recorded as hidden: the places were reached', async () => {
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

  it('are in no answer', async () => {
    const paths = ['/traces?limit=100', '/last-trace', '/last-error', '/active', '/stats', '/health'];
    for (const id of ids.map(encodeURIComponent)) {
      paths.push(`/trace/${id}`, `/trace/${id}/export`, `/trace/${id}/export?format=md`);
    }
    paths.push('/contacts/canary-keeper', '/quick-debug/canary-keeper');
    for (const path of paths) expect([path, found(await rest(path))]).toEqual([path, []]);
  });

  it('are in nothing that get-trace prints', async () => {
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
