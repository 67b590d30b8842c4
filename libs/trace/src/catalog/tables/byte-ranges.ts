/** Lines of one trace in one segment: offset, length, offset, length, … in ascending order. */
export type ByteRanges = number[];

/** As varints, each offset as its distance from the end of the line before: about 4 bytes an event. */
export function packByteRanges(spans: ByteRanges): Uint8Array {
  const bytes: number[] = [];
  let end = 0;
  for (let i = 0; i + 1 < spans.length; i += 2) {
    const offset = spans[i]!;
    const length = spans[i + 1]!;
    pushVarint(bytes, offset - end);
    pushVarint(bytes, length);
    end = offset + length;
  }
  return Uint8Array.from(bytes);
}

export function unpackByteRanges(bytes: Uint8Array): ByteRanges {
  const spans: ByteRanges = [];
  let at = 0;
  let end = 0;
  const next = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError('extents end within a number');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const offset = end + next();
    const length = next();
    spans.push(offset, length);
    end = offset + length;
  }
  return spans;
}

/** Not by shifts: an offset may be beyond 32 bits. */
function pushVarint(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 128) | 0x80);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}
