import * as fc from 'fast-check';
import { packNumbers, unpackNumbers } from './packed-numbers.js';

const unpacked = (text: string): number[] => {
  const numbers: number[] = [];
  unpackNumbers(text, (n) => numbers.push(n));
  return numbers;
};

describe('packed numbers', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.nat(40), fc.nat(), fc.maxSafeNat())), (numbers) => {
        expect(unpacked(packNumbers(numbers))).toEqual(numbers);
      }),
    );
  });

  it('need no escape in JSON, and one character up to 31', () => {
    const all = Array.from({ length: 2_000 }, (_, n) => n);
    expect(JSON.stringify(packNumbers(all))).toBe(`"${packNumbers(all)}"`);
    expect(packNumbers([0, 31, 32])).toHaveLength(4);
  });

  it('are none in a text without any', () => expect(unpacked('')).toEqual([]));
});
