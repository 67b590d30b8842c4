import type { StreamMessage } from '../../../libs/trace/src/views/answers.js';
import type { HttpClient, Query } from '../source/http-client.js';
import { decodeStreamMessage } from './stream-message.decoder.js';
import { SseParser } from './sse-parser.js';

/** The server sends a heartbeat every 15 s; three missed ones mean that nobody is there. */
const SILENCE_MS = 45_000;

/** One open stream. Iterating ends when the server closes it and throws when the connection breaks or falls silent. */
export class ServerConnection {
  /** When the server answered, by its own clock; `undefined` if it did not say. */
  readonly openedAt: number | undefined;
  private readonly parser = new SseParser();

  private constructor(private readonly response: Response) {
    const date = Date.parse(response.headers.get('date') ?? '');
    this.openedAt = Number.isFinite(date) ? date : undefined;
  }

  static async open(client: HttpClient, query: Query, after: string | undefined, signal: AbortSignal) {
    const response = await client.open('/stream', {
      query,
      signal,
      headers: {
        accept: 'text/event-stream',
        // Compression holds messages back until a block is full.
        'accept-encoding': 'identity',
        'cache-control': 'no-store',
        ...(after === undefined ? {} : { 'last-event-id': after }),
      },
    });
    if (!response.headers.get('content-type')?.includes('text/event-stream')) {
      await response.body?.cancel();
      throw client.foreign(response);
    }
    return new ServerConnection(response);
  }

  /** Where the stream is, if the server has said so: also without any message. */
  get position(): string | undefined {
    return this.parser.lastEventId === '' ? undefined : this.parser.lastEventId;
  }

  async *messages(): AsyncGenerator<StreamMessage> {
    const reader = this.response.body?.getReader();
    if (!reader) return;
    const decoder = new TextDecoder();
    try {
      for (;;) {
        const chunk = await withinSilence(reader.read());
        if (chunk.done) return;
        for (const event of this.parser.push(decoder.decode(chunk.value, { stream: true }))) {
          if (event.event === 'error') throw new Error(`the server reported: ${event.data.slice(0, 200)}`);
          const message = decodeStreamMessage(event);
          if (message) yield message;
        }
      }
    } finally {
      await reader.cancel().catch(() => undefined);
    }
  }
}

async function withinSilence<T>(reading: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing came for ${SILENCE_MS / 1000} s`)), SILENCE_MS);
  });
  try {
    return await Promise.race([reading, silence]);
  } finally {
    clearTimeout(timer);
  }
}
