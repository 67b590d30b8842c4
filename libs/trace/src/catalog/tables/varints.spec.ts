import * as fc from 'fast-check';
import { packByteRanges, unpackByteRanges } from './byte-ranges.js';
import { VarintReader, VarintWriter } from './varints.js';

describe('varints', () => {
  it('return numbers and texts as they were written', () => {
    const values = fc.oneof(fc.nat(40), fc.nat(), fc.maxSafeNat(), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(fc.array(values), (written) => {
        const writer = new VarintWriter();
        for (const value of written) {
          if (typeof value === 'number') writer.number(value);
          else writer.text(value);
        }
        const reader = new VarintReader(writer.bytes());
        for (const value of written) expect(typeof value === 'number' ? reader.number() : reader.text()).toBe(value);
        expect(reader.done).toBe(true);
      }),
    );
  });

  it('take one byte up to 127', () => {
    const writer = new VarintWriter();
    for (const value of [0, 127, 128]) writer.number(value);
    expect([...writer.bytes()]).toEqual([0, 127, 0x80, 1]);
  });

  it('throw where the bytes end within a number', () =>
    expect(() => new VarintReader(Uint8Array.of(0x80)).number()).toThrow(RangeError));
});

test('byte ranges are returned as they were packed, beyond 32 bits too', () => {
  const lines = fc.array(fc.tuple(fc.integer({ min: 0, max: 2 ** 40 }), fc.integer({ min: 1, max: 2 ** 21 })));
  fc.assert(
    fc.property(lines, (gaps) => {
      let end = 0;
      const ranges = gaps.flatMap(([gap, length]) => {
        const offset = end + gap;
        end = offset + length;
        return [offset, length];
      });
      expect(unpackByteRanges(packByteRanges(ranges))).toEqual(ranges);
    }),
  );
  expect(packByteRanges([0, 100, 100, 100])).toHaveLength(4);
});
