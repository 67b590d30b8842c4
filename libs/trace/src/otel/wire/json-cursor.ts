import { WireFault } from './wire-fault.js';

/** The bytes of one value, from its first one to behind its last one. */
export type JsonRange = readonly [from: number, to: number];

/** Deeper than any request can be that passes the limit of an attribute. An attribute is two objects of 40 bytes or more. */
const MAX_DEPTH = 100;
const MAX_CONTAINERS = 200_000;
/** Lists, objects and commas of one value, which is parsed in one turn: a span of 20,000 attributes has 80,000 or more. */
const MAX_ITEMS = 150_000;

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
/** Bytes of numbers, `true`, `false` and `null`. */
const OF_WORDS: readonly boolean[] = Array.from({ length: 0x80 }, (_, byte) =>
  /[\w+.-]/.test(String.fromCharCode(byte)),
);

/**
 * Goes through JSON without parsing it: members and elements of the containers that are entered, places of the values that are
 * passed over. `JSON.parse` takes one turn of the event loop whatever the body has: tens of milliseconds for thousands of spans,
 * a second for a million empty objects.
 */
export class JsonCursor {
  private at = 0;
  private depth = 0;
  private containers = 0;

  constructor(private readonly bytes: Buffer) {}

  /** Whether the next value is a list or an object, as its first byte says. */
  isAt(open: '[' | '{'): boolean {
    return this.next() === open.charCodeAt(0);
  }

  /** The names of an object's members. The caller takes the value of each before it asks for the next one. */
  *members(): Generator<string, void> {
    this.enter();
    for (let first = true; !this.leaves(0x7d, first); first = false) {
      if (this.next() !== QUOTE) this.fail();
      const from = this.at;
      this.at = this.endOfText(from + 1);
      const name = this.parse([from, this.at]) as string;
      this.take(0x3a);
      yield name;
    }
  }

  /** Comes to each element of a list. The caller takes it before it asks for the next one. */
  *elements(): Generator<void, void> {
    this.enter();
    for (let first = true; !this.leaves(0x5d, first); first = false) yield;
  }

  /** Passes over a value. Whether it is valid is seen when it is parsed. */
  skip(): JsonRange {
    const { bytes } = this;
    this.next();
    const from = this.at;
    const outside = this.depth;
    let items = 0;
    do {
      const byte = bytes[this.at];
      if (byte === undefined) this.fail();
      this.at += 1;
      if (byte === QUOTE) this.at = this.endOfText(this.at);
      // `[` and `{`
      else if (byte === 0x5b || byte === 0x7b) {
        this.open();
        items += 1;
      } else if (byte === 0x5d || byte === 0x7d) this.depth -= 1;
      else if (byte === COMMA) items += 1;
      else if (this.depth === outside) this.at = this.endOfWord(this.at);
      if (items > MAX_ITEMS)
        throw new WireFault(413, `A span or a resource has more than ${MAX_ITEMS} values. Record fewer.`);
    } while (this.depth > outside);
    if (this.depth < outside) this.fail();
    return [from, this.at];
  }

  /** Passes over a value, and parses it. */
  value(): unknown {
    return this.parse(this.skip());
  }

  /** Parses a value that was passed over. */
  parse([from, to]: JsonRange): unknown {
    try {
      return JSON.parse(this.bytes.toString('utf8', from, to)) as unknown;
    } catch (error) {
      throw new WireFault(400, `The body is not valid JSON: ${(error as Error).message.slice(0, 200)}`);
    }
  }

  /** Nothing but white space may follow. */
  end(): void {
    if (this.next() !== undefined) this.fail();
  }

  private enter(): void {
    this.next();
    this.at += 1;
    this.open();
  }

  private open(): void {
    this.depth += 1;
    this.containers += 1;
    if (this.depth > MAX_DEPTH) throw new WireFault(400, `The JSON is nested more than ${MAX_DEPTH} levels deep.`);
    if (this.containers > MAX_CONTAINERS)
      throw new WireFault(413, `The JSON has more than ${MAX_CONTAINERS} lists and objects. Send fewer spans at once.`);
  }

  /** Whether the container ends here; else the place is behind the comma. */
  private leaves(close: number, first: boolean): boolean {
    if (this.next() === close) {
      this.at += 1;
      this.depth -= 1;
      return true;
    }
    if (!first) this.take(COMMA);
    return false;
  }

  private take(byte: number): void {
    if (this.next() !== byte) this.fail();
    this.at += 1;
  }

  /** The next byte that is no white space. */
  private next(): number | undefined {
    const { bytes } = this;
    let byte = bytes[this.at];
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++this.at];
    return byte;
  }

  private endOfText(start: number): number {
    const { bytes } = this;
    for (let at = start; at < bytes.length; at += 1) {
      const byte = bytes[at];
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) return at + 1;
    }
    return this.fail();
  }

  /** A number, `true`, `false` or `null`. */
  private endOfWord(start: number): number {
    let at = start;
    while (OF_WORDS[this.bytes[at]!]) at += 1;
    return at;
  }

  private fail(): never {
    const where = this.at < this.bytes.length ? `something unexpected is at byte ${this.at}` : 'it ends too early';
    throw new WireFault(400, `The body is not valid JSON: ${where}.`);
  }
}
