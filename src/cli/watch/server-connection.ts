import { QUESTIONS } from '../../../libs/trace/src/contract/questions.js';
import { requestOf } from '../../../libs/trace/src/contract/request-of.js';
import type { StreamMessage } from '../../../libs/trace/src/contract/responses.js';
import type { StreamParams } from '../../../libs/trace/src/contract/trace-queries.js';
import type { HttpClient } from '../source/http-client.js';
import type { HttpResponse } from '../source/http-request.js';
import { decodeStreamMessage } from './stream-message.decoder.js';
import { SseParser } from './sse-parser.js';

/** Which messages to follow: of this contact, of traces that have one of these statuses at that moment. */
export type FollowFilter = Pick<StreamParams, 'contactId' | 'status'>;

/** Silence after which the connection counts as lost, in milliseconds: three missed heartbeats of 15 s. */
const SILENCE_MS = 45_000;

/** One open stream. Iterating ends when the server closes it and throws when the connection breaks or falls silent. */
export class ServerConnection {
  /** Time of the response by the server's clock; `undefined` without a Date header. */
  readonly openedAt: number | undefined;
  private readonly parser = new SseParser();

  private constructor(private readonly response: HttpResponse) {
    const date = Date.parse(response.headers.date ?? '');
    this.openedAt = Number.isFinite(date) ? date : undefined;
  }

  static async open(client: HttpClient, filter: FollowFilter, after: string | undefined, signal: AbortSignal) {
    const response = await client.open(requestOf(QUESTIONS.stream, QUESTIONS.stream.asked(filter)), {
      signal,
      headers: {
        accept: 'text/event-stream',
        'cache-control': 'no-store',
        ...(after === undefined ? {} : { 'last-event-id': after }),
      },
    });
    if (!response.headers['content-type']?.includes('text/event-stream')) {
      response.body.destroy();
      throw client.foreign(response);
    }
    return new ServerConnection(response);
  }

  /** Position of the stream, where the server has sent one; also without any message. */
  get position(): string | undefined {
    return this.parser.lastEventId === '' ? undefined : this.parser.lastEventId;
  }

  async *messages(): AsyncGenerator<StreamMessage> {
    const { body } = this.response;
    body.setTimeout(SILENCE_MS, () => body.destroy(new Error(`nothing came for ${SILENCE_MS / 1000} s`)));
    try {
      for await (const text of body) {
        for (const event of this.parser.push(text as string)) {
          if (event.event === 'error') throw new Error(`the server reported: ${event.data.slice(0, 200)}`);
          const message = decodeStreamMessage(event);
          if (message) yield message;
        }
      }
    } finally {
      body.destroy();
    }
  }
}
