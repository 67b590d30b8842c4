import { keyPrefix } from '../../model/trace-key.js';
import { uniqueKey } from '../../shared/ship/unique-key.js';
import { isKeyOf } from './key-owner.js';

const WRITER = '0123abcd-4567-4890-abcd-ef0123456789';

describe('isKeyOf', () => {
  it('finds the bits of the writer in a key, whatever its number in the directory is', () => {
    for (const number of [1, 12]) expect(isKeyOf(WRITER, `${keyPrefix({ id: WRITER, number })}-7`)).toBe(true);
    expect(isKeyOf(WRITER, `${keyPrefix({ id: 'ffffffff-ffff-4890-abcd-ef0123456789', number: 1 })}-7`)).toBe(false);
  });

  it('finds them in keys of format 1, which were made unique', () => {
    const writer = '3-k2x-1700000000-4026531836-99';
    expect(isKeyOf(writer, uniqueKey('3-17', writer))).toBe(true);
    expect(isKeyOf(writer, uniqueKey('3-17', WRITER))).toBe(false);
  });
});
