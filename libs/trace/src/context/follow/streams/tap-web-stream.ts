import { ReadableStream } from 'node:stream/web';
import type {
  ReadableByteStreamController,
  ReadableStreamDefaultController,
  ReadableStreamDefaultReader,
  UnderlyingByteSource,
  UnderlyingSource,
} from 'node:stream/web';
import type { Method } from '../method-of.js';
import { runInStore } from '../../trace-context.js';
import type { Reading } from './stream-use.js';

type Controller = ReadableStreamDefaultController<unknown> | ReadableByteStreamController;
export type PipeKey = 'tee' | 'pipeTo' | 'pipeThrough';

/**
 * Calls `tee`, `pipeTo` or `pipeThrough` of a stream in between (the tap), which hands on the parts of `stream`: Node reads
 * a piped stream by internal calls, so its parts are seen nowhere else. The tap holds no part: it has a high-water mark of
 * 0 and reads one when it is asked for one. Cancel, close and errors go through it as they would without it.
 */
export function tapped(reading: Reading, stream: object, getReader: Method, key: PipeKey, args: unknown[]): unknown {
  const bytes = isByteStream(stream, getReader);
  const reader = Reflect.apply(getReader, stream, []) as ReadableStreamDefaultReader<unknown>;
  const tap = new Tap(reading, reader, bytes, key === 'tee');
  try {
    return Reflect.apply(ReadableStream.prototype[key], tap.open(), args as never);
  } catch (error) {
    reader.releaseLock();
    reading.leave();
    throw error;
  }
}

/** A stream of bytes must stay one: its branches may be read into the reader's own buffers. */
function isByteStream(stream: object, getReader: Method): boolean {
  try {
    (Reflect.apply(getReader, stream, [{ mode: 'byob' }] as never[]) as { releaseLock(): void }).releaseLock();
    return true;
  } catch {
    return false;
  }
}

class Tap {
  private controller!: Controller;
  private reads = 0;
  private closed = false;
  private over = false;

  constructor(
    private readonly reading: Reading,
    private readonly reader: ReadableStreamDefaultReader<unknown>,
    private readonly bytes: boolean,
    /** A stream that was split stays locked for ever, one that was piped is free afterwards. */
    private readonly keepsLock: boolean,
  ) {}

  open(): ReadableStream {
    const source = {
      start: (controller: Controller) => void (this.controller = controller),
      pull: () => this.pull(),
      cancel: (reason: unknown) => this.cancel(reason),
    };
    const size = { highWaterMark: 0 };
    const tap = this.bytes
      ? new ReadableStream({ ...source, type: 'bytes' } as UnderlyingByteSource, size)
      : new ReadableStream(source as UnderlyingSource, size);
    // What becomes of the stream shows at once, whether or not a part is asked for.
    void this.reader.closed.then(
      () => this.sourceClosed(),
      (error: unknown) => this.fail(error),
    );
    return tap;
  }

  private sourceClosed(): void {
    this.closed = true;
    // The last part may still be on its way.
    if (this.reads === 0) this.close();
  }

  private async pull(): Promise<void> {
    this.reads += 1;
    try {
      const { done, value } = await runInStore(this.reading.store, () => this.reader.read());
      this.reads -= 1;
      if (this.over) return;
      if (!done) {
        this.reading.part(value);
        this.controller.enqueue(value as never);
      }
      if (done || this.closed) this.close();
    } catch (error) {
      this.fail(error);
    }
  }

  private close(): void {
    if (!this.settle()) return;
    this.reading.end();
    this.controller.close();
    if (this.bytes) (this.controller as ReadableByteStreamController).byobRequest?.respond(0);
    this.release();
  }

  private fail(error: unknown): void {
    if (!this.settle()) return;
    this.reading.fail(error);
    this.controller.error(error);
    this.release();
  }

  private async cancel(reason: unknown): Promise<void> {
    if (!this.settle()) return;
    this.reading.leave();
    try {
      await this.reader.cancel(reason);
    } finally {
      this.release();
    }
  }

  private settle(): boolean {
    if (this.over) return false;
    this.over = true;
    return true;
  }

  private release(): void {
    if (!this.keepsLock) this.reader.releaseLock();
  }
}
