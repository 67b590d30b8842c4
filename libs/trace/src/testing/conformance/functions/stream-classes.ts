/* oxlint-disable no-underscore-dangle -- the SDKs' own name of a method */
import { ReadableStream, TransformStream } from 'node:stream/web';
import { pause } from './turns.js';

/**
 * The shape of `Stream` in the OpenAI and Anthropic SDKs: an own property that makes iterators, a private field, `tee`,
 * `toReadableStream` and the controller of the request.
 */
export class SdkStream<T> {
  readonly #parts: () => AsyncGenerator<T>;

  constructor(
    parts: () => AsyncGenerator<T>,
    public controller = new AbortController(),
    public iterator: () => AsyncIterator<T> = () => this.#iterate(),
  ) {
    this.#parts = parts;
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return this.iterator();
  }

  tee(): [SdkStream<T>, SdkStream<T>] {
    const queues: [Promise<IteratorResult<T>>[], Promise<IteratorResult<T>>[]] = [[], []];
    const iterator = this.iterator();
    const branch = (queue: Promise<IteratorResult<T>>[]): AsyncIterator<T> => ({
      next: () => {
        if (queue.length === 0) {
          const result = iterator.next();
          for (const each of queues) each.push(result);
        }
        return queue.shift()!;
      },
    });
    return [
      new SdkStream(this.#parts, this.controller, () => branch(queues[0])),
      new SdkStream(this.#parts, this.controller, () => branch(queues[1])),
    ];
  }

  toReadableStream(): ReadableStream<T> {
    let iterator: AsyncIterator<T>;
    return new ReadableStream<T>({
      start: () => void (iterator = this[Symbol.asyncIterator]()),
      async pull(controller) {
        const { value, done } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await iterator.return?.();
      },
    });
  }

  /** As the SDKs do it: an abort ends the iteration without an error, a reader that leaves aborts the request. */
  async *#iterate(): AsyncGenerator<T> {
    let done = false;
    try {
      for await (const part of this.#parts()) {
        if (this.controller.signal.aborted) return;
        yield part;
      }
      done = true;
    } finally {
      if (!done) this.controller.abort();
    }
  }
}

type Listener = (...args: never[]) => void;

/** The shape of Anthropic's `MessageStream` and OpenAI's `ChatCompletionStream`: it works on by itself and gives events. */
export class SdkEmitter {
  #listeners: Record<string, Listener[]> = {};
  #ended = false;
  #end = deferred();

  constructor(run: (emit: (event: string, value: unknown) => void) => Promise<void>) {
    this.#end.promise.catch(() => undefined);
    run((event, value) => this._emit(event, value)).then(
      () => this._emit('end'),
      (error: unknown) => this._emit('error', error),
    );
  }

  get ended(): boolean {
    return this.#ended;
  }

  on(event: string, listener: Listener): this {
    (this.#listeners[event] ??= []).push(listener);
    return this;
  }

  async done(): Promise<void> {
    await this.#end.promise;
  }

  abort(): void {
    this._emit('abort', new Error('Request was aborted.'));
  }

  _emit(event: string, ...args: unknown[]): void {
    if (this.#ended) return;
    if (event === 'end') {
      this.#ended = true;
      this.#end.resolve();
    }
    const listeners = this.#listeners[event] ?? [];
    for (const listener of listeners) listener(...(args as never[]));
    if (event !== 'abort' && event !== 'error') return;
    if (listeners.length === 0) void Promise.reject(args[0] as Error);
    this.#end.reject(args[0]);
    this._emit('end');
  }
}

function deferred(): { promise: Promise<void>; resolve: () => void; reject: (reason: unknown) => void } {
  let resolve!: () => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<void>((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}

export interface AiPart {
  type: string;
  text?: string;
  totalUsage?: unknown;
  error?: unknown;
}

/** The shape of what the AI SDK's `streamText` answers: each getter reads a branch of the stream in `baseStream`. */
export class AiResult {
  private baseStream: ReadableStream<{ part: AiPart }>;

  constructor(parts: AsyncIterable<AiPart>) {
    const iterator = parts[Symbol.asyncIterator]();
    this.baseStream = new ReadableStream({
      async pull(controller) {
        const { value, done } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue({ part: value });
      },
    });
  }

  private teeStream(): ReadableStream<{ part: AiPart }> {
    const [one, rest] = this.baseStream.tee();
    this.baseStream = rest;
    return one;
  }

  get fullStream(): ReadableStream<AiPart> {
    return this.teeStream().pipeThrough(
      new TransformStream({ transform: ({ part }, controller) => controller.enqueue(part) }),
    );
  }

  get textStream(): ReadableStream<string> {
    return this.teeStream().pipeThrough(
      new TransformStream({
        transform({ part }, controller) {
          if (part.type === 'text-delta') controller.enqueue(part.text ?? '');
        },
      }),
    );
  }

  get text(): Promise<string> {
    return (async () => {
      let text = '';
      for await (const part of this.fullStream) text += part.text ?? '';
      return text;
    })();
  }
}

/** A few parts, each after a pause, and an error at the end if there is one. */
export async function* paused<T>(parts: readonly T[], ms = 10, error?: unknown): AsyncGenerator<T> {
  for (const part of parts) {
    await pause(ms);
    yield part;
  }
  if (error !== undefined) throw error;
}
