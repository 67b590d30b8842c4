import { createParser } from 'eventsource-parser';

export interface SseMessage {
  id: string;
  type: string;
  data: any;
}

/** A real client of `/debug/stream`: all received messages, and a way to wait for later ones. */
export class SseClient {
  readonly messages: SseMessage[] = [];
  comments = 0;
  private readonly abort = new AbortController();
  private readonly waiting = new Set<() => void>();
  private over = false;
  private paused: Promise<void> | undefined;

  static async connect(url: string, headers: Record<string, string> = {}): Promise<SseClient> {
    const client = new SseClient();
    const response = await fetch(url, {
      headers: { accept: 'text/event-stream', ...headers },
      signal: client.abort.signal,
    });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    client.done = client.read(response.body!);
    return client;
  }

  /** Settles when the server or `close` ended the stream. */
  done: Promise<void> = Promise.resolve();

  get lastId(): string | undefined {
    return this.messages.at(-1)?.id;
  }

  /** The first message, old or new, for which `test` holds. */
  async until(test: (message: SseMessage) => boolean, within = 15_000): Promise<SseMessage> {
    const deadline = Date.now() + within;
    for (let from = 0; ;) {
      for (; from < this.messages.length; from += 1) {
        const message = this.messages[from]!;
        if (test(message)) return message;
      }
      if (this.over) throw new Error('the stream ended before the message came');
      await this.more(deadline);
    }
  }

  ended(contact: string): Promise<SseMessage> {
    return this.until(({ type, data }) => type === 'trace.ended' && data.contact_id === contact);
  }

  /** Reads nothing until `resume`. */
  pause(): void {
    this.paused = new Promise((resolve) => (this.resume = resolve));
  }

  resume: () => void = () => undefined;

  close(): void {
    this.abort.abort();
    this.resume();
  }

  private more(deadline: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(wake);
        reject(new Error(`no such message among ${this.messages.length}`));
      }, deadline - Date.now());
      const wake = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.waiting.add(wake);
    });
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const parser = createParser({
      onEvent: ({ id, event, data }) =>
        this.messages.push({ id: id ?? '', type: event ?? 'message', data: JSON.parse(data) }),
      onComment: () => (this.comments += 1),
    });
    const decoder = new TextDecoder();
    try {
      for await (const chunk of body) {
        await this.paused;
        parser.feed(decoder.decode(chunk, { stream: true }));
        this.wake();
      }
    } catch {
      // Closed by us, or by the server: both are an end.
    }
    this.over = true;
    this.wake();
  }

  private wake(): void {
    for (const wake of this.waiting) wake();
    this.waiting.clear();
  }
}
