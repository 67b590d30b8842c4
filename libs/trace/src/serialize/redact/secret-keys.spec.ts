import { Choices } from '../../../../../test/support/random-traces.js';
import { keyJudge } from './secret-keys.js';

/** An expression of the application makes the judge apply all rules to each key. */
const exact = keyJudge([/^\0$/]);
const judge = keyJudge();

const PIECES = [
  ...'password passwd secret api_key apiKey private-key accessKey auth cookie session session-id PHPSESSID jwt otp cvv csrf'.split(
    ' ',
  ),
  ...'token tokens max_tokens token_type next-page-token value name key field header toJSON contraseña clave signature hmac'.split(
    ' ',
  ),
  ...'lunes María 9:00 2026-12-01T09:00:00.000Z SKU-17 a=b 52155 é ñ 日本 ключ 🧠 x'.split(' '),
  ':',
  '=',
  '-',
  '_',
  '.',
  ' ',
  '\u00a0',
  '\u2009',
  '\u3000',
  '\ufeff',
  '\u212a',
  '\u0130',
  '\u0131',
  '\n',
  '/',
  '@',
];

const SKIPPED = ['\u00a0', '\u1680', '\u2003', '\u202f', '\u205f', '\u3000', '\ufeff', '-', '_', '.', ' '];

it('judges keys that are data by a look at their letters, as by all rules', () => {
  const choices = new Choices(1);
  const next = (below: number): number => choices.below(below);
  const different = new Set<string>();
  for (let n = 0; n < 60_000; n += 1) {
    let key = '';
    for (let pieces = 1 + next(4); pieces > 0; pieces -= 1) {
      const piece = choices.of(PIECES);
      key += next(5) === 0 ? piece.toUpperCase() : next(5) === 0 ? piece.slice(0, 1 + next(piece.length)) : piece;
    }
    // Blanks and dashes inside a word make no difference; the Kelvin sign is a `k`.
    const at = next(key.length + 1);
    if (next(3) === 0) key = key.slice(0, at) + choices.of(SKIPPED) + key.slice(at);
    if (next(9) === 0) key = key.replace('k', '\u212a');
    if (judge(key) !== exact(key)) different.add(key);
  }
  expect([...different]).toEqual([]);
});
