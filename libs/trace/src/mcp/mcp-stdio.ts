import { PassThrough } from 'node:stream';
import { delay } from '../model/timers.js';
import { mcpServerFactory } from './mcp-server.js';
import type { McpOptions } from './mcp-server.js';

/** Time for responses after the client closed its input, in milliseconds. */
const LAST_ANSWERS_MS = 30_000;

/**
 * Serves on this process's stdin and stdout. Resolves when the client has closed its input and every request has its
 * response, when the reader of stdout disconnects, or when `signal` fires.
 */
export async function serveMcpStdio(options: McpOptions & { signal?: AbortSignal }): Promise<void> {
  const { make } = await mcpServerFactory(options);
  const { serveStdio, StdioServerTransport } = await import('@modelcontextprotocol/server/stdio');
  // The transport drops running requests when its input ends, so `printf … | get-trace mcp` would get no response.
  const input = new PassThrough();
  const transport = new StdioServerTransport(input, process.stdout);
  const open = new OpenRequests();
  const send = transport.send.bind(transport);
  transport.send = async (message) => {
    await send(message);
    open.answered(message);
  };
  const reader = new AbortController();
  const onError = (error: unknown): void => {
    // The client disconnected, which is no failure.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') options.onError?.(error);
  };
  process.stdout.once('error', () => reader.abort());
  const handle = serveStdio(make, { transport, onerror: onError });
  const { onmessage } = transport;
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- a property of the protocol's transport, no DOM event
  transport.onmessage = (message) => {
    open.asked(message);
    onmessage?.(message);
  };
  const ends = options.signal ? AbortSignal.any([options.signal, reader.signal]) : reader.signal;
  await untilEnd(input, ends);
  if (!ends.aborted) await Promise.race([open.none(), delay(LAST_ANSWERS_MS, { ref: false })]);
  await handle.close();
}

/** Copies stdin without its end. */
async function untilEnd(input: PassThrough, signal: AbortSignal): Promise<void> {
  process.stdin.pipe(input, { end: false });
  await new Promise<void>((resolve) => {
    for (const event of ['end', 'close', 'error'] as const) process.stdin.once(event, () => resolve());
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  process.stdin.unpipe(input);
  process.stdin.destroy();
  // The pipe passes its last chunk on in a later turn.
  await delay(0);
}

/** Requests without a response. */
class OpenRequests {
  private readonly ids = new Set<unknown>();
  private wake: (() => void) | undefined;

  asked(message: object): void {
    if ('method' in message && 'id' in message) this.ids.add(message.id);
  }

  answered(message: object): void {
    if (!('id' in message) || 'method' in message) return;
    this.ids.delete(message.id);
    if (this.ids.size === 0) this.wake?.();
  }

  async none(): Promise<void> {
    if (this.ids.size > 0) await new Promise<void>((resolve) => (this.wake = resolve));
  }
}
