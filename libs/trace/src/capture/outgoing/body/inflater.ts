import zlib from 'node:zlib';
import { ArrivalTimes } from './arrival-times.js';
import type { HeadTail } from './head-tail.js';

/** Bytes of output at which a body is given up: a megabyte of zeros packs into a kilobyte. */
const MAX_OUT = 64 * 1024 * 1024;
/** Bytes that may wait for the thread pool: beyond that the rest is not decoded. */
const MAX_WAITING = 8 * 1024 * 1024;

export type Encoding = 'gzip' | 'deflate' | 'br';

/** The content coding of a body; `undefined`: none, `unknown`: one that is not decoded. */
export function encodingOf(header: string | undefined): Encoding | 'unknown' | undefined {
  if (header === undefined) return undefined;
  const name = header.trim().toLowerCase();
  if (name === '' || name === 'identity') return undefined;
  if (name === 'gzip' || name === 'x-gzip') return 'gzip';
  return name === 'deflate' || name === 'br' ? name : 'unknown';
}

/** Decodes the copy of a compressed body in Node's thread pool, and never fails: what cannot be decoded is missing. */
export class Inflater {
  readonly times = new ArrivalTimes();
  /** The whole body was decoded. */
  whole = false;
  private readonly stream: zlib.Gunzip | zlib.BrotliDecompress;
  private readonly done: Promise<void>;
  private waiting = 0;
  private stopped = false;
  /** Arrival of the chunks that are not decoded yet, in order: output belongs to the first. */
  private readonly arrivals: (number | undefined)[] = [];

  constructor(encoding: Encoding, firstByte: number | undefined, out: HeadTail) {
    this.stream = decoder(encoding, firstByte);
    this.done = new Promise((resolve) => {
      this.stream.on('data', (chunk: Buffer) => {
        out.add(chunk);
        const mono = this.arrivals[0];
        if (mono !== undefined) this.times.add(out.size, mono);
        if (out.size > MAX_OUT) this.stop();
      });
      this.stream.once('end', () => (this.whole = !this.stopped));
      this.stream.once('error', () => (this.stopped = true));
      // `close` comes after `end`, after an error, and after `destroy`.
      this.stream.once('close', resolve);
    });
  }

  /**
   * @param chunk is kept until it is decoded
   * @param mono when it arrived. Left out: the time is not kept
   */
  add(chunk: Buffer, mono?: number): void {
    if (this.stopped) return;
    this.waiting += chunk.length;
    if (this.waiting > MAX_WAITING) return this.stop();
    this.arrivals.push(mono);
    this.stream.write(chunk, () => {
      this.waiting -= chunk.length;
      this.arrivals.shift();
    });
  }

  /** Resolves when all that can be decoded is. */
  finish(): Promise<void> {
    if (!this.stopped) this.stream.end();
    return this.done;
  }

  private stop(): void {
    this.stopped = true;
    this.stream.destroy();
  }
}

/** A body that was cut is decoded as far as it goes: its missing end is no error. */
function decoder(encoding: Encoding, firstByte = 0): zlib.Gunzip | zlib.BrotliDecompress {
  const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH } = zlib.constants;
  if (encoding === 'br') return zlib.createBrotliDecompress({ finishFlush: BROTLI_OPERATION_FLUSH });
  const options = { finishFlush: Z_SYNC_FLUSH };
  if (encoding === 'gzip') return zlib.createGunzip(options);
  // Some servers send `deflate` without zlib's header.
  return (firstByte & 0x0f) === 0x08 ? zlib.createInflate(options) : zlib.createInflateRaw(options);
}
