import type { OmittedValue, ValueStub, EventDetailResponse } from '../api/responses.js';
import { byteSize } from '../format/bytes.js';

/** Loads the values that the server left out of a trace. */
export interface LargeValueSource {
  load(seq: number): Promise<EventDetailResponse>;
}

/**
 * Replaces a value that the server left out of a trace. It is an instance of a class, because captured data is JSON and
 * cannot imitate one. Its fields are private, so code that walks through a value finds nothing in it.
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

  /** The beginning of a text; empty for other values. */
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
