import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer, type Server } from './run.js';

export interface RunningExample extends Server {
  /** Its traces, and room for files of the test; `stop` removes it. */
  dir: string;
  /** Ends the process and leaves the directory. */
  terminate(): Promise<void>;
}

/**
 * The built example as a separate process, ten times faster than real time, on a free port and in a fresh directory.
 */
export async function startExampleApp(env: Record<string, string | undefined> = {}): Promise<RunningExample> {
  const dir = mkdtempSync(join(tmpdir(), 'example-'));
  const server = await startServer([join(process.cwd(), 'dist/src/example/main.js')], {
    cwd: dir,
    env: { PORT: '0', EXAMPLE_SPEED: '10', TRACE_DIR: undefined, NODE_ENV: undefined, ...env },
  });
  return {
    ...server,
    dir,
    terminate: server.stop,
    stop: async () => {
      await server.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Sends a message. Returns the id of its trace, once that has ended. */
export async function sendMessage(url: string, contactId: string, body: string): Promise<string> {
  const response = await fetch(`${url}/webhook`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ contactId, body }),
  });
  if (response.status !== 202) throw new Error(`/webhook answered ${response.status}: ${await response.text()}`);
  const id = response.headers.get('x-trace-id') ?? '';
  await ended(url, id);
  return id;
}

/** Waits for the trace's end on its own stream; reads it once more after listening, in case it had already ended. */
export async function ended(url: string, id: string): Promise<void> {
  const listening = new AbortController();
  const stream = await fetch(`${url}/debug/stream?trace_id=${encodeURIComponent(id)}`, { signal: listening.signal });
  try {
    const trace = (await (await fetch(`${url}/debug/trace/${encodeURIComponent(id)}`)).json()) as { status: string };
    if (trace.status !== 'active') return;
    let text = '';
    for await (const chunk of stream.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.includes('trace.ended')) return;
    }
    throw new Error(`the stream ended before the trace ${id} did`);
  } finally {
    listening.abort();
  }
}
