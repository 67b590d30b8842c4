import { randomUUID } from 'node:crypto';
import { chownSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { context, trace } from '@opentelemetry/api';
import { openTraceDirectory } from './support/cli-directory.js';
import {
  type CliOptions,
  removeTemporaryDirectories,
  runCli,
  RunningCli,
  temporaryDirectory,
} from './support/cli-run.js';
import { type RunningApp, startApp } from './support/nest-app.js';
import { exportTo, killNow, OfficialSpans } from './support/official-spans.js';
import { WebhookController } from './support/webhook.controller.js';

const TOKEN = 't'.repeat(32);
const official = new OfficialSpans();

interface Serving {
  cli: RunningCli;
  url: string;
  /** As printed for `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  endpoint: string;
}

const running: RunningCli[] = [];
let app: RunningApp | undefined;
afterEach(async () => {
  for (const { child } of running.splice(0)) await killNow(child);
  await app?.close();
  app = undefined;
});
afterAll(removeTemporaryDirectories);

async function serve(dir: string, args: string[] = [], options: CliOptions = {}): Promise<Serving> {
  const cli = new RunningCli(['serve', '--dir', dir, '--port', '0', '--json', ...args], options);
  running.push(cli);
  await cli.until('stdout', '\n');
  const { url, otlp } = JSON.parse(cli.stdout) as { url: string; otlp: string };
  return { cli, url: url.split('?')[0]!, endpoint: otlp };
}

/** An agent of another program with one model call, whose session is `contact`. Returns the request's body. */
function agentRun(contact: string, text = 'Hola'): Uint8Array {
  const agent = official.tracer.startSpan('invoke_agent scorer', {
    attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'scorer', 'session.id': contact },
  });
  const inside = trace.setSpan(context.active(), agent);
  const call = official.tracer.startSpan(
    'chat gpt-5',
    {
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'gpt-5',
        'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: text }] }]),
        'gen_ai.usage.input_tokens': 20,
        'gen_ai.usage.output_tokens': 12,
        authorization: 'Bearer sk-canary-1234567890abcdef',
      },
    },
    inside,
  );
  call.end();
  agent.end();
  return official.body();
}

const json = async (url: string, headers: Record<string, string> = {}): Promise<any> =>
  (await fetch(url, { headers })).json();
const contactsIn = async (dir: string): Promise<string[]> => {
  const { stdout } = await runCli(['list', '--dir', dir, '--raw', '--limit', '100']);
  return (JSON.parse(stdout) as { traces: { contact_id: string }[] }).traces.map(({ contact_id }) => contact_id);
};

describe('get-trace serve that was not asked to record', () => {
  it('refuses spans, names the flag, and changes nothing', async () => {
    const written = await openTraceDirectory();
    written.record('maria', 'Hola');
    await written.close();
    const before = files(written.dir);
    const { url, endpoint } = await serve(written.dir);
    expect(endpoint).toBeUndefined();
    const refused = await exportTo(`${url}/otlp`, agentRun('nobody'));
    expect([refused.status, await refused.text()]).toEqual([501, expect.stringContaining('`serve` with --record')]);
    expect(files(written.dir)).toEqual(before);
  });

  it('names a directory where only a shared store is served', async () => {
    const { url } = await serveStore();
    const refused = await exportTo(`${url}/otlp`, agentRun('nobody'));
    expect([refused.status, await refused.text()]).toEqual([
      501,
      expect.stringContaining('`serve --record --dir <dir>`'),
    ]);
  });
});

describe('get-trace serve --record', () => {
  it('records spans of the official SDK as traces that the other commands show', async () => {
    const dir = join(temporaryDirectory(), 'new');
    const { cli, url, endpoint } = await serve(dir, ['--record']);
    expect(endpoint).toBe(`${url}/otlp`);
    const answer = await exportTo(endpoint, agentRun('maria', 'Quiero una cita'));
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    const { traces } = await json(`${url}/traces`);
    expect(traces).toMatchObject([{ contact_id: 'maria', status: 'active' }]);
    expect((await json(`${url}/health`)).otlp_received).toMatchObject({ recorded: 2, orphans: 0 });
    cli.child.kill('SIGTERM');
    expect(await cli.result).toMatchObject({ code: 0, stderr: '' });

    const shown = await runCli(['trace', traces[0].trace_id, '--dir', dir, '--raw']);
    const found = JSON.parse(shown.stdout);
    expect(found).toMatchObject({ status: 'completed', summary: { llm: { calls: 1, input_tokens: 20 } } });
    expect(shown.stdout).toContain('Quiero una cita');
    expect(shown.stdout).not.toContain('sk-canary');
    expect((await runCli(['trace', 'maria', '--dir', dir])).stdout).toContain('scorer');
  });

  it('joins what a sender exports later to the trace of the same W3C id', async () => {
    const { url, endpoint } = await serve(temporaryDirectory(), ['--record']);
    const agent = official.tracer.startSpan('agent', { attributes: { 'session.id': 'ana' } });
    const inside = trace.setSpan(context.active(), agent);
    official.tracer.startSpan('first', {}, inside).end();
    await exportTo(endpoint, official.body());
    official.tracer.startSpan('second', {}, inside).end();
    agent.end();
    await exportTo(endpoint, official.body());
    const { traces } = await json(`${url}/traces`);
    expect(traces).toHaveLength(1);
    const { events } = await json(`${url}/trace/${traces[0].trace_id}`);
    expect(events.map(({ name }: { name?: string }) => name)).toEqual(
      expect.arrayContaining(['first', 'second', 'agent']),
    );
  });

  it('loses no acknowledged span to a kill -9', async () => {
    const dir = temporaryDirectory();
    const { cli, endpoint } = await serve(dir, ['--record']);
    const acknowledged: string[] = [];
    // Eight senders, until the process is gone.
    const sender = async (name: string): Promise<void> => {
      for (let n = 0; ; n += 1) {
        const contact = `${name}-${n}`;
        const answer = await exportTo(endpoint, agentRun(contact)).catch(() => undefined);
        if (answer?.status !== 200) return;
        acknowledged.push(contact);
        if (acknowledged.length === 40) cli.child.kill('SIGKILL');
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, n) => sender(`s${n}`)));
    expect(acknowledged.length).toBeGreaterThanOrEqual(40);
    const kept = await contactsIn(dir);
    expect(kept).toEqual(expect.arrayContaining(acknowledged));
    const { stdout } = await runCli(['trace', acknowledged[0]!, '--dir', dir, '--raw']);
    expect(JSON.parse(stdout)).toMatchObject({ summary: { llm: { calls: 1, output_tokens: 12 } } });
  });

  it('has the access of every other route', async () => {
    const { endpoint } = await serve(temporaryDirectory(), ['--record'], { env: { TRACE_TOKEN: TOKEN } });
    expect((await exportTo(endpoint, agentRun('a'))).status).toBe(401);
    expect((await exportTo(endpoint, agentRun('a'), { authorization: `Bearer ${'x'.repeat(32)}` })).status).toBe(401);
    expect((await exportTo(endpoint, agentRun('a'), { authorization: `Bearer ${TOKEN}` })).status).toBe(200);
    const { endpoint: open } = await serve(temporaryDirectory(), ['--record']);
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect((await exportTo(open, agentRun('a'), foreign)).status).toBe(403);
  });

  it('leaves an application of the same directory its index, its limits and its address', async () => {
    const dir = temporaryDirectory();
    const prices = { 'gpt-5': { input: 1_000, output: 1_000 } };
    app = await startApp({ controllers: [WebhookController], dir, options: { cost: { prices } } });
    await app.post('/webhook/sync', { contactId: 'before', body: 'Hi' });
    await app.ended('before');
    const address = readFileSync(join(dir, 'server.json'), 'utf8');
    // Limits of the environment are not for what belongs to the application.
    const { url, endpoint, cli } = await serve(dir, ['--record'], { env: { TRACE_MAX_AGE: '1s' } });
    expect((await exportTo(endpoint, agentRun('python'))).status).toBe(200);
    await app.post('/webhook/sync', { contactId: 'after', body: 'Hi' });
    await app.ended('after');
    const contacts = ['after', 'before', 'python'];
    const sorted = ({ traces }: any): string[] => traces.map((each: any) => each.contact_id).toSorted();
    expect(sorted(await json(`${url}/traces`))).toEqual(contacts);
    expect(sorted(await app.debug('/traces'))).toEqual(contacts);
    const [theirs] = (await app.debug('/traces?contact_id=python')).traces;
    // The application indexes it: with its own prices.
    expect((await app.debug(`/trace/${theirs.trace_id}`)).summary.llm.cost_usd).toBeCloseTo(0.032);
    expect((await fetch(`${url}/clear`, { method: 'POST' })).status).toBe(501);
    expect(readFileSync(join(dir, 'server.json'), 'utf8')).toBe(address);
    await killNow(cli.child);
    await app.post('/webhook/sync', { contactId: 'later', body: 'Hi' });
    expect(await app.ended('later')).toMatchObject({ status: 'completed' });
    expect((await app.debug('/health')).problems).toBeUndefined();
  });
});

describe('get-trace serve --record --alone', () => {
  it('indexes the directory, answers pin and forget, and is found by commands', async () => {
    const dir = temporaryDirectory();
    const { endpoint, url } = await serve(dir, ['--record', '--alone']);
    await exportTo(endpoint, agentRun('maria'));
    await exportTo(endpoint, agentRun('pedro'));
    expect(JSON.parse(readFileSync(join(dir, 'server.json'), 'utf8'))).toMatchObject({ url });
    const { traces } = await json(`${url}/traces?contact_id=maria`);
    const asked = { env: { TRACE_DIR: dir } };
    expect(await runCli(['pin', traces[0].trace_id], asked)).toMatchObject({ code: 0 });
    expect(await runCli(['forget', 'pedro', '--force'], asked)).toMatchObject({ code: 0 });
    expect((await json(`${url}/traces`)).traces).toMatchObject([{ contact_id: 'maria', pinned: true }]);
    expect(readdirSync(dir).join()).toContain('catalog');
  });

  it('deletes old traces by the limits of the environment', async () => {
    const dir = temporaryDirectory();
    const { endpoint, url } = await serve(dir, ['--record', '--alone'], { env: { TRACE_MAX_BYTES: '1MiB' } });
    const text = Array.from({ length: 1_500 }, () => randomUUID()).join(' ');
    let sent = 0;
    const oldest = async (): Promise<unknown[]> => (await json(`${url}/traces?contact_id=c0`)).traces;
    // Whole segments are deleted, so some of the traces that fill the limit go at once.
    while (sent === 0 || (await oldest()).length > 0) {
      expect(sent).toBeLessThan(1_000);
      expect((await exportTo(endpoint, agentRun(`c${sent}`, text))).status).toBe(200);
      sent += 1;
      // Traces end after ten seconds: a fast machine sends a thousand before.
      if (sent > 100) await delay(50);
    }
    // What ran a moment ago is deleted when it has ended.
    while ((await json(`${url}/health`)).journal.bytes > 2 * 2 ** 20) await delay(50);
    expect((await json(`${url}/traces?limit=1`)).traces).toMatchObject([{ contact_id: `c${sent - 1}` }]);
  });
});

describe('get-trace serve --record that cannot start', () => {
  it('is a mistake without a directory of its own user', async () => {
    const dir = temporaryDirectory();
    const alone = await runCli(['serve', '--dir', dir, '--alone']);
    expect([alone.code, alone.stderr]).toEqual([2, expect.stringContaining('--alone is for --record')]);
    const shared = await runCli(['serve', '--record', '--store', 'postgres://u:geheim@localhost:1/x']);
    expect([shared.code, shared.stderr]).toEqual([2, expect.stringContaining('give --dir')]);
    expect(shared.stderr).not.toContain('geheim');
    if (process.geteuid?.() !== 0) return;
    chownSync(dir, 4_711, 4_711);
    const foreign = await runCli(['serve', '--dir', dir, '--record']);
    expect([foreign.code, foreign.stderr]).toEqual([2, expect.stringContaining('belongs to user 4711')]);
    expect(existsSync(join(dir, 'journal'))).toBe(false);
  });

  it('is not alone where an application runs', async () => {
    const dir = temporaryDirectory();
    app = await startApp({ dir });
    const { code, stderr } = await runCli(['serve', '--dir', dir, '--record', '--alone']);
    const { port } = new URL(app.url);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`:${port}/debug runs in ${dir}`)]);
  });

  it('names the limit that is none', async () => {
    const { code, stderr } = await runCli(['serve', '--dir', temporaryDirectory(), '--record', '--alone'], {
      env: { TRACE_MAX_BYTES: 'much' },
    });
    expect([code, stderr]).toEqual([2, expect.stringContaining('TRACE_MAX_BYTES')]);
  });
});

async function serveStore(): Promise<{ url: string }> {
  const cli = new RunningCli(['serve', '--store', 'postgres://u@127.0.0.1:1/x', '--port', '0', '--json']);
  running.push(cli);
  await cli.until('stdout', '\n');
  return JSON.parse(cli.stdout) as { url: string };
}

/** Names, sizes and times of all files. */
function files(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .toSorted()
    .map((name) => {
      const { size, mtimeMs } = statSync(join(dir, name));
      return `${name} ${size} ${mtimeMs}`;
    });
}
