import { types } from 'node:util';
import { textOfPart } from './part-text.js';
import { addUsage } from './part-usage.js';
import type { StreamUsage } from './part-usage.js';

/** Characters of text that are kept of one stream. Serialising bounds them further (`limits.maxStringLength`). */
const MAX_TEXT = 65_536;

/** Summary of the parts of a stream. */
export interface StreamSummary {
  /** Parts that were read. */
  readonly parts: number;
  /** Bytes of the parts that are binary. */
  readonly bytes?: number;
  /** The text of the parts, put together. */
  readonly text?: string;
  /** Length of the text that is missing in `text`. */
  readonly left_out?: string;
}

/** Counts the parts of a stream and keeps their text up to a bound and the last token counts, never the parts. */
export class StreamParts {
  private parts = 0;
  private bytes = 0;
  private text: string | undefined;
  private omitted = 0;
  private counted: StreamUsage | undefined;

  add(part: unknown): void {
    this.parts += 1;
    if (typeof part === 'object' && part !== null && (types.isProxy(part) || ArrayBuffer.isView(part))) {
      if (!types.isProxy(part)) this.bytes += (part as ArrayBufferView).byteLength;
      return;
    }
    const text = textOfPart(part);
    if (text !== undefined) this.append(text);
    this.counted = addUsage(this.counted, part);
  }

  get usage(): StreamUsage | undefined {
    return this.counted;
  }

  summary(): StreamSummary {
    return {
      parts: this.parts,
      ...(this.bytes > 0 && { bytes: this.bytes }),
      ...(this.text !== undefined && { text: this.text }),
      ...(this.omitted > 0 && { left_out: `${this.omitted} more characters` }),
    };
  }

  private append(text: string): void {
    const room = MAX_TEXT - (this.text?.length ?? 0);
    this.text = (this.text ?? '') + (text.length > room ? text.slice(0, room) : text);
    this.omitted += Math.max(0, text.length - room);
  }
}
