import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { SseClient } from './support/sse-client.js';

interface Example {
  child: ChildProcess;
  url: string;
}

/** The built example, to be killed: `startServer` of the other tests only stops politely. */
async function startExample(dir: string): Promise<Example> {
  const child = spawn(process.execPath, ['dist/src/example/main.js'], {
    env: { ...process.env, PORT: '0', TRACE_DIR: dir, NO_COLOR: '1', NODE_OPTIONS: undefined },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout!.on('data', (chunk) => {
      text += chunk;
      const found = /http:\/\/localhost:\d+/.exec(text)?.[0];
      if (found) resolve(found);
    });
    child.once('exit', () => reject(new Error(`the example ended before it listened:\n${text}`)));
  });
  return { child, url };
}

describe('kill -9 in the middle of a webhook', () => {
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'trace-crash-'))));
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('leaves an interrupted trace with every event captured before it', async () => {
    const first = await startExample(dir);
    const live = await SseClient.connect(`${first.url}/debug/stream`);
    const response = await fetch(`${first.url}/webhook`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ contactId: 'killed-1', body: 'Quiero agendar una cita' }),
    });
    expect(response.status).toBe(202);
    const id = response.headers.get('x-trace-id')!;
    // A tool has begun and has not ended: the work is in progress.
    await live.until(({ data }) => data.event?.type === 'tool' && data.event.duration_ms === null);
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    await live.done;
    const seen = live.messages.filter(({ type }) => type === 'trace.event').map(({ data }) => data.event.seq);
    expect(seen.length).toBeGreaterThan(3);

    const second = await startExample(dir);
    const trace: any = await (await fetch(`${second.url}/debug/trace/${id}`)).json();
    second.child.kill('SIGTERM');
    await once(second.child, 'exit');
    expect(trace.status).toBe('interrupted');
    expect(trace.events.map((event: any) => event.seq)).toEqual(expect.arrayContaining(seen));
    expect(trace.debug_hints.join('\n')).toMatch(/interrupted/i);
    expect(trace.debug_hints.join('\n')).toContain('check_calendar_availability');
  });
});
