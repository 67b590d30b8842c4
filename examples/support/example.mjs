import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFakeProviders } from './fake-providers.mjs';
import { outputOf, printed, startProgram, stop } from './programs.mjs';

const ADDRESS = /http:\/\/(?:localhost|127\.0\.0\.1|\[::1\]):\d+/;
/** What a program without an address logs when it is ready. */
const READY = /Waiting for jobs/;

/** How long a trace may take until it has ended. */
const DEADLINE_MS = 60_000;

/**
 * Starts the programs of an example with fakes and a new directory for traces. Returns `url`, `fakes` (the calls that it
 * made), `output()`, and what the checks use to send webhooks and to read traces by the public API.
 */
export async function startExample({ name, env = {}, programs = ['main'] }, { cwd, webhooks }) {
  const fakes = await startFakeProviders();
  const dir = await mkdtemp(join(tmpdir(), `example-${name}-`));
  const settings = { ...env, PORT: '0', TRACE_DIR: dir };
  const started = programs.map((file) => {
    const program = startProgram(`dist/${name}/${file}.js`, { cwd, fakes, env: settings });
    return { program, output: outputOf(program) };
  });
  const close = async () => {
    await Promise.all(started.map(({ program }) => stop(program)));
    fakes.close();
    await rm(dir, { recursive: true, force: true });
  };
  try {
    const [main, ...others] = started;
    const url = await printed(main.program, main.output, ADDRESS);
    for (const { program, output } of others) await printed(program, output, READY);
    const output = () => started.map((one) => one.output()).join('');
    return { url, fakes, output, webhooks, close, ...clientOf(url) };
  } catch (error) {
    await close();
    throw error;
  }
}

function clientOf(url) {
  /** Sends a webhook. Returns `{ status, text, traceId }`. */
  const send = async (path, request, headers = {}) => {
    const response = await fetch(url + path, { ...request, headers: { ...request.headers, ...headers } });
    return { status: response.status, text: await response.text(), traceId: response.headers.get('x-trace-id') };
  };
  /** An answer of the public API. */
  const ask = async (path) => {
    const response = await fetch(`${url}/debug/${path}`);
    if (!response.ok) throw new Error(`GET /debug/${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
  };
  /** Asks again until `found` returns something. Rejects after the deadline with the last answer. */
  const until = async (path, found) => {
    const deadline = Date.now() + DEADLINE_MS;
    for (;;) {
      const answer = await ask(path).catch((error) => error);
      const result = answer instanceof Error ? undefined : found(answer);
      if (result !== undefined) return result;
      if (Date.now() > deadline) throw new Error(`Not in time: /debug/${path}\n${JSON.stringify(answer, null, 1)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  /** The trace of a sent webhook, when it has ended. */
  const traceOf = ({ traceId }) =>
    until(`trace/${encodeURIComponent(traceId)}`, (trace) => (trace.status === 'active' ? undefined : trace));
  return { send, ask, until, traceOf };
}
