import type { GatherBuffer, GatherTarget } from './gather-buffer.js';
import { countLines, writeLines } from './turn/write-lines.js';

/** Room for the lines of a batch. More of them are several writes. */
const CAPACITY_BYTES = 128 * 1024;

/** Lines of records that are written together, because none of them was acknowledged before the last one. */
export class BatchBuffer implements GatherBuffer {
  private readonly bytes = Buffer.allocUnsafeSlow(CAPACITY_BYTES);
  private head = 0;
  private tail = 0;

  get size(): number {
    return this.head - this.tail;
  }

  get lines(): number {
    return countLines(this.bytes, this.tail, this.head);
  }

  hasRoom(length: number): boolean {
    return this.head + length <= CAPACITY_BYTES;
  }

  put(line: Buffer, length: number): void {
    line.copy(this.bytes, this.head, 0, length);
    this.head += length;
  }

  flush(target: GatherTarget): void {
    if (this.size === 0) return;
    target.mend(this.size);
    const { end, error, isTorn } = writeLines(target.fd, this.bytes, this.tail, this.head);
    this.tail = end;
    if (isTorn) target.tear();
    if (error !== undefined) throw error;
    this.clear();
  }

  take(): Buffer {
    return Buffer.from(this.bytes.subarray(this.tail, this.head));
  }

  clear(): void {
    this.head = this.tail = 0;
  }
}
