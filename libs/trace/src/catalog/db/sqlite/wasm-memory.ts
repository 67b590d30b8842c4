import type { SqlValue } from './sql-database.js';
import type { WasmRuntime } from './wasm-runtime.js';

const NUL = Buffer.alloc(1);
const MIN_SCRATCH = 4_096;

/** Strings and bytes on their way into and out of the memory of SQLite. */
export class WasmMemory {
  private scratch = 0;
  private size = 0;

  constructor(readonly runtime: WasmRuntime) {}

  /** Copies bytes to a place that is valid until the next `put`. Returns its pointer. Throws when there is no memory. */
  put(bytes: Uint8Array): number {
    if (bytes.length > this.size || this.scratch === 0) this.grow(bytes.length);
    this.runtime.heap().set(bytes, this.scratch);
    return this.scratch;
  }

  /** The same for a text, with a NUL at its end. */
  putText(text: string): number {
    return this.put(Buffer.concat([Buffer.from(text), NUL]));
  }

  free(): void {
    if (this.scratch !== 0) this.runtime.call['free']!(this.scratch);
    this.scratch = 0;
    this.size = 0;
  }

  /** A copy of bytes. */
  bytes(pointer: number, length: number): Uint8Array {
    return new Uint8Array(this.runtime.heap().subarray(pointer, pointer + length));
  }

  text(pointer: number, length: number): string {
    const heap = this.runtime.heap();
    return Buffer.from(heap.buffer, pointer, length).toString('utf8');
  }

  /** A text that ends with a NUL. */
  message(pointer: number): string {
    const end = this.runtime.heap().indexOf(0, pointer);
    return this.text(pointer, end - pointer);
  }

  pointerAt(pointer: number): number {
    return Buffer.from(this.runtime.heap().buffer, pointer, 4).readUInt32LE(0);
  }

  private grow(length: number): void {
    this.free();
    const size = Math.max(MIN_SCRATCH, length * 2);
    this.scratch = this.runtime.call['malloc']!(size);
    if (this.scratch !== 0) {
      this.size = size;
      return;
    }
    throw new RangeError(`SQLite has no memory for a value of ${length} bytes.`);
  }
}

/** SQLite's names for the types of values. */
export const TYPE = { INTEGER: 1, FLOAT: 2, TEXT: 3, BLOB: 4 };

/** Reads a value with the C functions of one kind: `column` (of a row) or `value` (an argument of a function). */
export function readValue(memory: WasmMemory, kind: 'column' | 'value', ...at: number[]): SqlValue {
  const { call } = memory.runtime;
  const ask = (what: string): number => call[`${kind}_${what}`]!(...at);
  switch (ask('type')) {
    case TYPE.INTEGER:
      return Number(ask('int64'));
    case TYPE.FLOAT:
      return ask('double');
    case TYPE.TEXT: {
      const pointer = ask('text');
      return memory.text(pointer, ask('bytes'));
    }
    case TYPE.BLOB: {
      const pointer = ask('blob');
      return memory.bytes(pointer, ask('bytes'));
    }
    default:
      return null;
  }
}
