import * as fc from 'fast-check';
import { folded, hasText } from '../../../model/text.js';
import { addText, FILTER_BYTES, mayContain, trigramBits } from './trigrams.js';

test('every part of a text may be in its filter', () => {
  const texts = fc.array(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), { maxLength: 20 });
  fc.assert(
    fc.property(texts, fc.nat(), fc.nat({ max: 12 }), (all, at, length) => {
      const bits = new Uint8Array(FILTER_BYTES);
      for (const text of all) addText(bits, text);
      const text = all[at % Math.max(1, all.length)] ?? '';
      const start = at % Math.max(1, text.length);
      expect(mayContain(bits, trigramBits(text.slice(start, start + length)))).toBe(true);
    }),
  );
});

test('a filter of 256 ordinary traces excludes a word that none of them has', () => {
  const bits = new Uint8Array(FILTER_BYTES);
  let seed = 1;
  const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const word = (length: number): string => Array.from({ length }, () => random(36).toString(36)).join('');
  const phrases = Array.from({ length: 40 }, () => Array.from({ length: 6 }, () => word(6)).join(' '));
  for (let n = 0; n < 256; n += 1) addText(bits, `${word(20)}_20240120_143022_${random(1_000_000)} ${phrases[n % 40]}`);
  const wrong = Array.from({ length: 1_000 }, () => word(8)).filter((text) => mayContain(bits, trigramBits(text)));
  expect(wrong.length).toBeLessThan(10);
});

test('text is compared without case, with accents, in any normalization', () => {
  expect(hasText(folded('CAFÉ'), null, 'un cafe\u0301')).toBe(1);
  expect(hasText(folded('cafe'), 'un café')).toBe(0);
  expect(hasText('x', null, undefined)).toBe(0);
});
