/** Bytes kept of a body that is written in parts, and of one that is inflated. */
export const MAX_BODY = 65_536;

/** The beginning of a body that is written in parts, copied: the application may use its buffers again. */
export class BodyParts {
  readonly chunks: Buffer[] = [];
  size = 0;
  /** Whether the parts are the whole body. */
  whole = true;

  /** Adds a part, as far as there is room. */
  note(chunk: unknown, encoding?: unknown): void {
    if (this.size >= MAX_BODY) {
      this.whole = false;
      return;
    }
    let bytes: Buffer | undefined;
    try {
      bytes = bytesOf(chunk, encoding);
    } catch {
      // A buffer whose memory was handed to another thread: its part is not known.
      this.whole = false;
    }
    if (bytes === undefined) return;
    const room = MAX_BODY - this.size;
    if (bytes.length > room) this.whole = false;
    this.chunks.push(bytes.subarray(0, room));
    this.size += Math.min(bytes.length, room);
  }
}

/** A copy. A long text is cut before it is encoded. */
function bytesOf(chunk: unknown, encoding?: unknown): Buffer | undefined {
  if (typeof chunk === 'string') {
    const known = typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8';
    return Buffer.from(chunk.slice(0, MAX_BODY + 1), known);
  }
  return chunk instanceof Uint8Array ? Buffer.from(chunk.subarray(0, MAX_BODY + 1)) : undefined;
}
