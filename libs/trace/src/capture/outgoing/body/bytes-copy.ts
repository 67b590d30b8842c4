import { parsedJson } from '../../request/body-text.js';
import type { BodyCopy } from '../outgoing-dialect.js';

/** The copy of a body as dialects read it. Texts and JSON are made when they are asked for, once. */
export class BytesCopy implements BodyCopy {
  private texts: { text?: string; tail?: string } = {};
  private parsed: { json: unknown } | undefined;

  /**
   * @param size bytes as they passed, before decoding
   * @param first the first bytes, decoded
   * @param last the last bytes behind `first`, decoded
   * @param whole whether `first` is the whole body
   */
  constructor(
    readonly size: number,
    private readonly first: Buffer,
    private readonly last: Buffer,
    readonly whole: boolean,
    private readonly contentType: string,
  ) {}

  get text(): string {
    return (this.texts.text ??= this.first.toString('utf8', 0, this.whole ? this.first.length : endOf(this.first)));
  }

  get tail(): string {
    return (this.texts.tail ??= this.last.toString('utf8', beginOf(this.last)));
  }

  json(): unknown {
    if (!this.whole || this.first.length === 0) return undefined;
    this.parsed ??= { json: parsedJson(this.text) };
    return this.parsed.json;
  }

  form(): URLSearchParams | undefined {
    if (!this.whole || !this.contentType.includes('x-www-form-urlencoded')) return undefined;
    return new URLSearchParams(this.text);
  }
}

const NO_BYTES = Buffer.alloc(0);

/** A body of which only the size is known. */
export function unreadBody(size: number): BodyCopy {
  return new BytesCopy(size, NO_BYTES, NO_BYTES, size === 0, '');
}

/** Where the first whole character of bytes that were cut out of UTF-8 begins. */
function beginOf(bytes: Buffer): number {
  let at = 0;
  while (at < 3 && isContinuation(bytes[at])) at += 1;
  return at;
}

/** Where the last whole character ends. */
function endOf(bytes: Buffer): number {
  let at = bytes.length - 1;
  while (at > bytes.length - 4 && isContinuation(bytes[at])) at -= 1;
  const lead = bytes[at] ?? 0;
  const length = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return at + length > bytes.length ? Math.max(0, at) : bytes.length;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
