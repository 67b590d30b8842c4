import type { OmittedValue, ValueStub, EventDetailResponse } from '../api/responses.js';
import { byteSize } from '../format/bytes.js';

/** Has the values that a trace came without. */
export interface LargeValueSource {
  load(seq: number): Promise<EventDetailResponse>;
}

/**
 * Stands in a trace for a value that was left out of it. An instance of a class: captured data is JSON, and none of it
 * can pass for one. What it knows is private, so that whoever walks through a value finds nothing in it.
 */
export class LargeValue {
  readonly #omitted: OmittedValue;
  readonly #source: LargeValueSource;
  readonly #stub: Partial<ValueStub>;

  constructor(omitted: OmittedValue, stub: Partial<ValueStub>, source: LargeValueSource) {
    this.#omitted = omitted;
    this.#source = source;
    this.#stub = stub;
  }

  get seq(): number {
    return this.#omitted.seq;
  }

  get bytes(): number {
    return this.#omitted.bytes;
  }

  get type(): string {
    return { string: 'text', array: 'list', object: 'object' }[this.#stub.type ?? 'object'];
  }

  /** The beginning of a text; of anything else nothing. */
  get preview(): string {
    return this.#stub.preview ?? '';
  }

  load(): Promise<EventDetailResponse> {
    return this.#source.load(this.seq);
  }

  toString(): string {
    return this.preview === '' ? `[${this.type}, ${byteSize(this.bytes)}]` : this.preview;
  }

  toJSON(): string {
    return this.toString();
  }
}
