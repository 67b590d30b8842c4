import { VarintReader, VarintWriter } from './varints.js';

/** Lines of one trace in one segment: offset, length, offset, length, … in ascending order. */
export type ByteRanges = number[];

/** Each offset is written as its distance from the end of the line before: about 4 bytes an event. */
export function packByteRanges(ranges: ByteRanges): Uint8Array {
  const writer = new VarintWriter();
  let end = 0;
  for (let i = 0; i + 1 < ranges.length; i += 2) {
    const offset = ranges[i]!;
    const length = ranges[i + 1]!;
    writer.number(offset - end);
    writer.number(length);
    end = offset + length;
  }
  return writer.bytes();
}

/** Throws a `RangeError` for bytes that were cut. */
export function unpackByteRanges(bytes: Uint8Array): ByteRanges {
  const ranges: ByteRanges = [];
  const reader = new VarintReader(bytes);
  let end = 0;
  while (!reader.done) {
    const offset = end + reader.number();
    const length = reader.number();
    ranges.push(offset, length);
    end = offset + length;
  }
  return ranges;
}
